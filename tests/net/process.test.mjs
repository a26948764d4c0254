import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { tcpPhone } from '../support/phones.mjs';
import { runProgram, soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { request } from '../support/sip.mjs';

const oneLine = /^sipmsg-relay: [^\n]+\n$/;

test('help and version go to standard output', async (t) => {
  const help = await runProgram(t, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--log-level/);
  const version = await runProgram(t, ['--version']);
  assert.match(version.stdout, /^sipmsg-relay \d+\.\d+\.\d+\n$/);
});

test('what cannot be understood is one line that names the key, and code 2', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  writeFileSync(file, '{"udp": "127.0.0.1:0", "colour": "red"}');
  const cases = [
    [['--auth', 'basic', '--udp', '127.0.0.1:0'], /--auth/],
    [['--colour', 'red', '--udp', '127.0.0.1:0'], /--colour/],
    [['--config', file], /"colour" is unknown/],
    [['--config', `${file}.missing`], /relay\.json\.missing/],
    [['--udp', '127.0.0.1:0', '--web', `${file}.missing`], /web/],
    [[], /ws, wss, udp, tcp, tls: nothing to listen on/],
  ];
  for (const [args, named] of cases) {
    const { code, stdout, stderr } = await runProgram(t, args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, oneLine);
    assert.match(stderr, named);
  }
});

test('a configuration is checked as a whole, and nothing is started', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  const wrongKeys = async (args) => {
    const { code, stderr } = await runProgram(t, [...args, '--config', file]);
    assert.equal(code, 2);
    return stderr.trimEnd().split('\n').map((line) => /^sipmsg-relay: (?:\/.*\/relay\.json: )?"?([a-z-]+)"?:? /.exec(line)?.[1]);
  };
  writeFileSync(file, '{"udp": "127.0.0.1:0", "auth": "basic", "colour": "red"}');
  assert.deepEqual(await wrongKeys(['--check-config', '--web', '']), ['auth', 'colour', '--web']);
  writeFileSync(file, JSON.stringify({ auth: 'basic', wss: '127.0.0.1:0', web: '/nope', certificate: '/nonexistent', route: ['a', 'b'], 'trusted-authorities': '/nowhere' }));
  const all = ['auth', 'route', 'route', '--colour', 'private-key', 'web', 'certificate', 'trusted-authorities'];
  assert.deepEqual(await wrongKeys(['--check-config', '--colour', 'red']), all);
  assert.deepEqual(await wrongKeys(['--colour', 'red']), all);
  writeFileSync(file, '{"udp": "127.0.0.1:0"}');
  const right = await runProgram(t, ['--check-config', '--config', file, '--data', join(file, 'never', 'made')]);
  assert.deepEqual([right.code, right.stdout, right.stderr], [0, 'the configuration is in order\n', '']);
});

test('a port in use is named, with code 1', async (t) => {
  const relay = await startRelay(t);
  for (const protocol of ['ws', 'udp', 'tcp']) {
    const address = `127.0.0.1:${relay.ports[protocol]}`;
    const { code, stderr } = await runProgram(t, [`--${protocol}`, address, '--data', ':memory:']);
    assert.equal(code, 1);
    assert.equal(stderr, `sipmsg-relay: cannot listen on ${protocol} ${address}: Address already in use\n`);
  }
});

test('the configuration file is read, and the command line wins over it', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  writeFileSync(file, JSON.stringify({ tcp: '192.0.2.1:1', 'log-level': 'trace' }));
  const relay = await startRelay(t, ['--config', file]);
  assert.match(relay.log, /listening tcp 127\.0\.0\.1:\d+/);
  const unreachable = await runProgram(t, ['--config', file, '--data', ':memory:']);
  assert.equal(unreachable.code, 1);
  assert.match(unreachable.stderr, /cannot listen on tcp 192\.0\.2\.1:1: /);
});

for (const signal of ['SIGTERM', 'SIGINT'])
  test(`${signal} ends the relay cleanly`, async (t) => {
    const relay = await startRelay(t);
    await relay.end(signal);
  });

test('accounts are added, listed, changed and removed; no file holds a password', async (t) => {
  const data = join(temporaryDirectory(), 'data');
  const user = (action, args, input) => runProgram(t, ['user', action, ...args, '--data', data], { input });
  assert.equal((await user('add', ['alice@Example.test'], 'first secret\n')).code, 0);
  assert.equal((await user('add', ['bob@example.test'], 'second secret\n')).code, 0);
  assert.equal((await user('list', [])).stdout, 'alice@example.test\nbob@example.test\n');
  assert.equal((await user('passwd', ['bob@example.test'], 'third secret\n')).code, 0);
  for (const name of readdirSync(data)) {
    assert.doesNotMatch(readFileSync(join(data, name), 'latin1'), /secret/);
    assert.equal(statSync(join(data, name)).mode & 0o777, 0o600);
  }
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.equal((await user('remove', ['alice@example.test'])).code, 0);
  assert.equal((await user('list', [])).stdout, 'bob@example.test\n');
});

test('an account command that cannot be done says why in one line', async (t) => {
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  await runProgram(t, ['user', 'add', 'alice@example.test', '--data', data], { input: 'secret\n' });
  writeFileSync(join(directory, 'file'), '');
  const cases = [
    [['add', 'alice@example.test', '--data', data], 1, /already/],
    [['add', 'bob@example.test', '--data', data], 1, /empty/, '\n'],
    [['remove', 'bob@example.test', '--data', data], 1, /no account bob@example\.test/],
    [['passwd', 'bob@example.test', '--data', data], 1, /no account bob@example\.test/],
    [['add', 'bob', '--data', data], 2, /USER@DOMAIN/],
    [['add', 'bob@example.test', '--data', ':memory:'], 2, /memory/],
    [['list', '--data', join(directory, 'file')], 1, /file/],
  ];
  for (const [args, expected, why, input = 'secret\n'] of cases) {
    const { code, stderr } = await runProgram(t, ['user', ...args], { input });
    assert.equal(code, expected, args.join(' '));
    assert.match(stderr, oneLine);
    assert.match(stderr, why);
  }
});

/** A relay that may have 200 files open. */
const within200 = (t, connections, { threads = 0, args = [] } = {}) =>
  startRelay(t, ['--io-threads', `${threads}`, '--limit-open-connections', `${connections}`, ...args], { before: ['prlimit', '--nofile=200'] });

test('more files than may be open are warned of: those of the connections, and the relay\'s own', async (t) => {
  assert.match((await within200(t, 166)).log, /limit-open-connections: 166 connections need 201 open files, and 200 may be open here/);
  assert.match((await within200(t, 166, { threads: 2 })).log, /166 connections need 207 open files/);
  assert.match((await within200(t, 166, { args: ['--metrics', '127.0.0.1:0'] })).log, /166 connections need 266 open files/);
  assert.match((await within200(t, 166, { args: ['--metrics', '127.0.0.1:0', '--admin', '127.0.0.1:0'] })).log, /166 connections need 331 open files/);
  const enough = await within200(t, 165);
  assert.doesNotMatch(enough.log, /open files/);
  const phones = [];
  for (let i = 0; i < 165; ++i) phones.push(await tcpPhone(t, enough.ports.tcp));
  for (const phone of phones) {
    phone.send(request('OPTIONS', { from: 'alice', to: 'bob', transport: 'TCP' }));
    assert.match(await phone.message(), /^SIP\/2\.0 /);
  }
  await enough.signal('SIGHUP', /the configuration is read anew/);
});

test('a connection counts for two files where there is a page: it may be slow to take one of that', async (t) => {
  const web = temporaryDirectory();
  const file = join(web, 'large.wasm');
  writeFileSync(file, Buffer.alloc(1 << 24));
  assert.match((await within200(t, 83, { args: ['--web', web] })).log, /83 connections need 201 open files/);
  const enough = await within200(t, 82, { args: ['--web', web] });
  assert.doesNotMatch(enough.log, /open files/);
  for (let i = 0; i < 82; ++i) {
    const socket = connect(enough.ports.ws, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write('GET /large.wasm HTTP/1.1\r\nHost: relay.test\r\n\r\n');
    await soon(once(socket, 'readable'), 'its beginning');
  }
  const open = readdirSync(`/proc/${enough.child.pid}/fd`).map((descriptor) => readlinkSync(`/proc/${enough.child.pid}/fd/${descriptor}`));
  assert.equal(open.filter((name) => name === file).length, 82);
  await enough.signal('SIGHUP', /the configuration is read anew/);
});

test('nothing is written to the directory of a relay that keeps its accounts in memory', async (t) => {
  const before = existsSync(':memory:');
  await startRelay(t);
  assert.equal(existsSync(':memory:'), before);
  assert.equal(before, false);
});
