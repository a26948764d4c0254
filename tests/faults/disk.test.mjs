import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone, fromStranger, signIn, takeAll } from '../support/mail.mjs';
import { onDisk, seenFromOutside } from '../support/mount.mjs';
import { udpPhone } from '../support/phones.mjs';
import { program, soon, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, request, status } from '../support/sip.mjs';
import { closed } from '../support/socket.mjs';
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

/** A relay whose disk keeps it waiting once it is told to; `env` is what else its environment has. */
async function startOnHeldDisk(t, users, { env = preloaded('held_sync'), ...start } = {}) {
  const pipe = join(temporaryDirectory(), 'pipe');
  const relay = await startWithUsers(t, users, { ...start, env: { ...env, SIPMSG_HELD_SYNC: pipe } });
  const hold = () => execFileSync('mkfifo', [pipe]);
  const release = () => {
    const written = openSync(pipe, 'w');
    rmSync(pipe);
    closeSync(written);
  };
  return { relay, hold, release };
}

async function write(carol, accepted, count) {
  for (let i = 0; i < count; ++i) {
    const text = `${accepted.length} there is room`;
    carol.send(fromStranger(text));
    assert.equal(status(await carol.message('the answer')), 202);
    accepted.push(text);
  }
}

/** Writes to bob until it is not taken any more; gives the refusal. */
async function writeUntilRefused(carol, accepted) {
  for (let i = 0; i < 2000; ++i) {
    const text = `${accepted.length} ${'x'.repeat(600)}`;
    carol.send(fromStranger(text));
    const answer = await carol.message('the answer');
    if (status(answer) !== 202) return answer;
    accepted.push(text);
  }
  assert.fail('a full disk takes everything');
}

/** Waits until what the relay has said is here: it comes in order, but may come later than what was sent. */
const hasSaidAll = (relay) => relay.signal('SIGHUP', /the configuration is read anew/);

test('a message is answered 202 once it is on the disk, and not before; others are answered meanwhile', async (t) => {
  const { relay, hold, release } = await startOnHeldDisk(t, ['bob'], { args: forEveryone });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  hold();
  carol.send(fromStranger('to be kept'));
  await relay.says(/the disk keeps us waiting/);
  carol.send(request('OPTIONS', { from: 'carol', to: 'relay' }));
  assert.match(await carol.message(), /^SIP\/2\.0 200 [^]*CSeq: 1 OPTIONS/);
  release();
  assert.equal(status(await carol.message()), 202);
});

test('what comes while the disk is busy is committed together: twenty messages take it two times', async (t) => {
  const { relay, hold, release } = await startOnHeldDisk(t, ['bob'], { args: ['--metrics', '127.0.0.1:0', ...forEveryone] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  await write(carol, [], 1); // the first write of all has more to do
  await hasSaidAll(relay);
  hold();
  const start = relay.log.length;
  carol.send(fromStranger('0'));
  await relay.says(/the disk keeps us waiting/);
  for (let i = 1; i < 20; ++i) carol.send(fromStranger(`${i}`));
  const waiting = async () => (await ask(servicePort(relay, 'metrics'), '/metrics')).text.includes('sipmsg_store_questions{store="mailbox"} 19\n');
  let isOver = false;
  const allWait = async () => {
    while (!isOver && !(await waiting()));
  };
  await soon(allWait(), 'all but the first to wait').finally(() => (isOver = true));
  release();
  for (let i = 0; i < 20; ++i) assert.equal(status(await carol.message()), 202);
  await hasSaidAll(relay);
  assert.equal(relay.log.slice(start).match(/the disk is asked/g).length, 2);
});

/** Ten seconds of the relay's are two: the limits of its HTTP services are to bear that a busy machine is a second late. */
const hurry = 5;
const hurried = { ...preloaded('held_sync', 'hurried_clock'), SIPMSG_HURRY: `${hurry}` };

test('who waits for a disk that hangs is told 100, not before their client has come to sending once in T2, and once (RFC 4320 4.1)', async (t) => {
  const { relay, hold, release } = await startOnHeldDisk(t, ['bob'], { args: forEveryone, env: hurried });
  const phone = await udpPhone(t, relay.ports.udp, { hearsTrying: true });
  const secondsOfRelay = () => (Number(process.hrtime.bigint()) / 1e9) * hurry;
  hold();
  const start = secondsOfRelay();
  phone.send(fromStranger('to be kept', { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` }));
  assert.equal(status(await phone.message()), 100);
  assert.ok(secondsOfRelay() - start >= 3.5, 'it came in less than three and a half seconds');
  release();
  assert.equal(status(await phone.message()), 202);
});

test('what the admin API answers too late is not taken for the answer to the next request of the connection', async (t) => {
  const { relay, hold, release } = await startOnHeldDisk(t, ['bob'], { args: ['--admin', '127.0.0.1:0'], env: hurried });
  hold();
  const program = connect(servicePort(relay, 'admin'), '127.0.0.1');
  t.after(() => program.destroy());
  let answers = '';
  program.on('data', (chunk) => (answers += chunk));
  const [isAnswered, end] = [once(program, 'data'), closed(program)];
  program.write(['bob', 'nobody'].map((user) => `DELETE /users/${user}@example.test HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  await relay.says(/the disk keeps us waiting/);
  await soon(isAnswered, 'the answer that there is none');
  release();
  await soon(end, 'the end of the connection');
  assert.deepEqual(answers.match(/^HTTP\/1\.1 \d+/gm), ['HTTP/1.1 503']);
});

test('whoever asks again and again while the disk hangs keeps nobody else from an answer', async (t) => {
  const { relay, hold, release } = await startOnHeldDisk(t, ['bob'], { args: ['--admin', '127.0.0.1:0'], env: hurried });
  hold();
  const asked = Array.from({ length: 64 }, () => ask(servicePort(relay, 'admin'), '/users/bob@example.test', { method: 'DELETE' }));
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 503);
  assert.equal((await ask(servicePort(relay, 'admin'), '/registrations')).status, 200);
  release();
});

test('a disk that hangs does not hold up the end: what was answered 202 is there afterwards, and the rest is told', async (t) => {
  const { relay, hold } = await startOnHeldDisk(t, ['bob'], { args: ['--drain-seconds', '1', ...forEveryone] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const accepted = [];
  await write(carol, accepted, 2);
  hold();
  carol.send(fromStranger('not to be kept'));
  await relay.says(/the disk keeps us waiting/);
  relay.child.kill('SIGTERM');
  assert.deepEqual(await relay.ended(), { code: 1, signal: null });
  assert.match(relay.log, /error.* ended without the disk, .* 1 changes of the mailbox/);
  const after = await startWithUsers(t, [], { data: relay.data });
  assert.deepEqual(await takeAll(await signIn(t, after.ports.ws, 'bob'), 2), accepted);
});

test('a disk that hangs when the relay closes what it keeps does not hold up the end, and a second signal ends that', async (t) => {
  for (const [seconds, signals] of [['1', 1], ['600', 2]]) {
    const { relay, hold } = await startOnHeldDisk(t, ['bob'], { args: ['--drain-seconds', seconds, ...forEveryone] });
    await write(await WebSocketClient.open(t, relay.ports.ws), [], 1);
    hold();
    relay.child.kill('SIGTERM');
    await relay.says(/the disk keeps us waiting/);
    if (signals === 2) relay.child.kill('SIGTERM');
    assert.deepEqual(await relay.ended(), { code: 1, signal: null });
    assert.match(relay.log, /ended without the disk, .* 0 changes of the mailbox/);
  }
});

test('a full disk: what cannot be stored is refused, the rest goes on, nothing that was accepted is lost', async (t) => {
  const data = join(temporaryDirectory(), 'data');
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

test('a full disk: the relay is not ready again because somebody reads, and is by itself once there is room', async (t) => {
  const data = join(temporaryDirectory(), 'data');
  const env = { ...preloaded('hurried_clock'), SIPMSG_HURRY: `${hurry}` };
  const relay = await startWithUsers(t, ['bob', 'dave'], { data, before: onDisk(data, '2m'), args: ['--metrics', '127.0.0.1:0', ...forEveryone], env });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const giveBack = fillDisk(relay);
  await writeUntilRefused(carol, []);
  await signIn(t, relay.ports.ws, 'dave');
  assert.deepEqual(await readiness(relay), [503, 'the mailbox cannot be written\n']);
  giveBack();
  let isOver = false;
  const ready = async () => {
    while (!isOver && (await readiness(relay))[0] !== 200);
  };
  await soon(ready(), 'the relay to try the disk').finally(() => (isOver = true));
});

test('with a full disk people sign in, and those who are there write to each other', async (t) => {
  const data = join(temporaryDirectory(), 'data');
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
  const data = join(temporaryDirectory(), 'data');
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
