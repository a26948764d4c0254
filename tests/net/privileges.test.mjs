import assert from 'node:assert/strict';
import { chownSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram, startRelay, temporaryDirectory } from '../support/relay.mjs';

const isRoot = process.getuid() === 0;
const nobody = 65_534;

/** Where the system's user nobody keeps the data. */
function dataOfNobody() {
  const directory = temporaryDirectory();
  chownSync(directory, nobody, nobody);
  return directory;
}

const statusOf = (pid) => Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n').map((line) => line.split(/:\s+/)));

/** A free port that root alone may take. */
async function privilegedPort() {
  for (let port = 1023; port > 0; --port) {
    const server = createServer();
    const isFree = await new Promise((resolve) => server.on('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error('no port below 1024 is free');
}

test('started as root, the relay becomes the user that it is told, and keeps but the right to low ports', { skip: !isRoot && 'only root can become somebody' }, async (t) => {
  const data = dataOfNobody();
  const port = await privilegedPort();
  const relay = await startRelay(t, ['--run-as', 'nobody', '--data', data, '--tcp', `127.0.0.1:${port}`]);
  const { Uid, Gid, Groups, NoNewPrivs, ...status } = statusOf(relay.child.pid);
  assert.deepEqual(Uid.split('\t'), Array(4).fill(String(nobody)));
  assert.deepEqual(Gid.split('\t'), Array(4).fill(String(nobody)));
  assert.equal((Groups ?? '').trim(), String(nobody));
  assert.equal(NoNewPrivs, '1');
  const bindService = 1 << 10; // CAP_NET_BIND_SERVICE
  for (const set of ['CapEff', 'CapPrm']) assert.equal(Number.parseInt(status[set], 16), bindService, set);
  for (const set of ['CapInh', 'CapAmb', 'CapBnd']) assert.equal(Number.parseInt(status[set], 16) & ~bindService, 0, set);
  for (const file of readdirSync(data)) assert.equal(statSync(join(data, file)).uid, nobody, file);
});

test('accounts that root adds by the configuration belong to the user of the relay', { skip: !isRoot && 'only root can become somebody' }, async (t) => {
  const data = dataOfNobody();
  const config = join(temporaryDirectory(), 'relay.json');
  writeFileSync(config, JSON.stringify({ data, 'run-as': 'nobody' }));
  const added = await runProgram(t, ['user', 'add', 'alice@example.test', '--config', config], { input: 'secret\n' });
  assert.equal(added.code, 0, added.stderr);
  const files = readdirSync(data);
  assert.ok(files.length > 0);
  for (const file of files) assert.equal(statSync(join(data, file)).uid, nobody, file);
});

test('a user that the system does not have is named, with code 2', async (t) => {
  const { code, stderr } = await runProgram(t, ['--udp', '127.0.0.1:0', '--run-as', 'no-such-user']);
  assert.equal(code, 2);
  assert.equal(stderr, 'sipmsg-relay: run-as: the system has no user "no-such-user"\n');
});

test('root is warned of itself where others can reach the relay, and nobody else is', { skip: !isRoot && 'it is not root' }, async (t) => {
  const open = await startRelay(t, ['--udp', '0.0.0.0:0']);
  assert.match(open.log, /this is root/);
  const closed = await startRelay(t);
  assert.doesNotMatch(closed.log, /this is root/);
});
