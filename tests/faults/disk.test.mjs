import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone, fromStranger, signIn, takeAll } from '../support/mail.mjs';
import { onDisk, seenFromOutside } from '../support/mount.mjs';
import { program, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';
import { preloaded } from './preloaded.mjs';

const readiness = async (relay) => {
  const { status: code, text } = await ask(servicePort(relay, 'metrics'), '/readyz');
  return [code, text];
};

/** Takes what room there is on the disk of a process; gives how to give it back. */
function fillDisk(relay) {
  const file = seenFromOutside(relay.child.pid, relay.data, 'filler');
  const room = Buffer.alloc(1 << 16);
  try {
    for (;;) writeFileSync(file, room, { flag: 'a' });
  } catch (error) {
    assert.equal(error.code, 'ENOSPC');
  }
  return () => rmSync(file);
}

async function write(carol, accepted, count) {
  for (let i = 0; i < count; ++i) {
    const text = `${accepted.length} there is room`;
    carol.send(fromStranger(text));
    assert.equal(status(await carol.message()), 202);
    accepted.push(text);
  }
}

/** Writes to bob until it is not taken any more; gives the refusal. */
async function writeUntilRefused(carol, accepted) {
  for (let i = 0; i < 2000; ++i) {
    const text = `${accepted.length} ${'x'.repeat(600)}`;
    carol.send(fromStranger(text));
    const answer = await carol.message();
    if (status(answer) !== 202) return answer;
    accepted.push(text);
  }
  assert.fail('a full disk takes everything');
}

test('a message is answered 202 once it is on the disk, and not before; others are answered meanwhile', async (t) => {
  const pipe = join(temporaryDirectory(t), 'pipe');
  const relay = await startWithUsers(t, ['bob'], { args: forEveryone, env: { ...preloaded('held_sync'), SIPMSG_HELD_SYNC: pipe } });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  execFileSync('mkfifo', [pipe]);
  carol.send(fromStranger('to be kept'));
  await relay.says(/the disk keeps us waiting/);
  carol.send(request('OPTIONS', { from: 'carol', to: 'relay' }));
  assert.match(await carol.message(), /^SIP\/2\.0 200 [^]*CSeq: 1 OPTIONS/);
  const written = openSync(pipe, 'w');
  rmSync(pipe);
  closeSync(written);
  assert.equal(status(await carol.message()), 202);
});

test('a full disk: what cannot be stored is refused, the rest goes on, nothing that was accepted is lost', async (t) => {
  const data = join(temporaryDirectory(t), 'data');
  const relay = await startWithUsers(t, ['bob'], { data, before: onDisk(data, '2m'), args: ['--metrics', '127.0.0.1:0', ...forEveryone] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const accepted = [];
  await write(carol, accepted, 5);
  for (let time = 0; time < 2; ++time) {
    const giveBack = fillDisk(relay);
    const refusal = await writeUntilRefused(carol, accepted);
    assert.match(refusal, /^SIP\/2\.0 500 /);
    assert.match(refusal, /^Retry-After: \d+\r$/m);
    assert.deepEqual(await readiness(relay), [503, 'the mailbox cannot be written\n']);

    giveBack();
    await write(carol, accepted, 5);
    assert.deepEqual(await readiness(relay), [200, 'ready\n']);
  }
  const bob = await signIn(t, relay.ports.ws, 'bob');
  assert.deepEqual(await takeAll(bob, accepted.length), accepted);
});

test('with a full disk people sign in, and those who are there write to each other', async (t) => {
  const data = join(temporaryDirectory(t), 'data');
  const relay = await startWithUsers(t, ['bob'], { data, before: onDisk(data, '2m'), args: forEveryone });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const accepted = [];
  await write(carol, accepted, 5);
  fillDisk(relay);
  await writeUntilRefused(carol, accepted);
  const bob = await signIn(t, relay.ports.ws, 'bob');
  assert.deepEqual(await takeAll(bob, accepted.length), accepted);
  await converse(carol, bob, instantMessage('carol', 'bob', 'hello', { From: '<sip:carol@example.net>;tag=1' }), 'hello');
});

test('a disk that cannot be written to keeps the relay from starting, in one line that names it', async (t) => {
  const data = join(temporaryDirectory(t), 'data');
  await (await startWithUsers(t, ['bob'], { data })).end();
  const [file, ...args] = [...onDisk(data, '2m', 'ro'), program, '--ws', '127.0.0.1:0', '--data', data, '--log-level', 'warn'];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 1);
  assert.match(said, /^sipmsg-relay: .*data.*\n$/);
});
