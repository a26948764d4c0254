import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { forEveryone, fromStranger, signIn, takeAll } from '../support/mail.mjs';
import { asking, isNotification } from '../support/notifications.mjs';
import { tcpPhone, tcpServer } from '../support/phones.mjs';
import { passwordOf, soon, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
import { closed } from '../support/socket.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';
import { preloaded } from './preloaded.mjs';

const hour = 3600;

/** A relay whose wall clock another hand sets, by so many seconds from the right time; the clock that only goes on is left alone. Its next life has its `data`. */
async function startWithClock(t, users, args = [], { data, startsAt = 0 } = {}) {
  const path = join(temporaryDirectory(), 'clock');
  const file = openSync(path, 'w');
  t.after(() => closeSync(file));
  const set = (seconds) => writeSync(file, new BigInt64Array([BigInt(seconds)]), 0, 8, 0);
  set(startsAt);
  const env = { ...preloaded('wall_clock'), SIPMSG_WALL_CLOCK: path };
  const relay = await startWithUsers(t, users, { data, env, args: ['--log-format', 'json', ...args] });
  return { relay, set };
}

/** How far the relay's clock is from ours, by what it logs of a connection from an address that nobody else has, in whole hours. */
async function hoursOff(t, relay, from) {
  await WebSocketClient.open(t, relay.ports.ws, { from });
  await relay.says(new RegExp(`opened: ws ${from}:.*\\n`));
  const { time } = JSON.parse(new RegExp(`^.*opened: ws ${from}:.*$`, 'm').exec(relay.log)[0]);
  return Math.round((Date.parse(time) - Date.now()) / 1000 / hour) + 0; // 0, and not -0
}

const hello = (text) => instantMessage('carol', 'bob', text, { From: '<sip:carol@example.net>;tag=1' });

test('a clock that jumps by an hour, ahead and back, disturbs nobody who is there', async (t) => {
  const { relay, set } = await startWithClock(t, ['bob']);
  const [carol, bob] = [await WebSocketClient.open(t, relay.ports.ws), await signIn(t, relay.ports.ws, 'bob')];
  for (const [number, hours] of [1, 0, -1, 0, 1].entries()) {
    set(hours * hour);
    assert.equal(await hoursOff(t, relay, `127.0.1.${number + 1}`), hours);
    await converse(carol, bob, hello(`at ${hours}`), `at ${hours}`);
  }
});

test('a challenge holds although the clock jumps before it is answered', async (t) => {
  const { relay, set } = await startWithClock(t, ['bob']);
  const contact = 'sip:bob@client.invalid;transport=ws';
  const proof = (challenge) => authorization(challenge, 'SHA-256', 'bob', passwordOf('bob'), 'REGISTER', 'sip:example.test');
  for (const [before, after] of [[0, 1], [1, 0], [0, -1], [-1, 1]]) {
    set(before * hour);
    const bob = await WebSocketClient.open(t, relay.ports.ws);
    bob.send(register('bob', contact));
    const challenge = await bob.message();
    set(after * hour);
    bob.send(register('bob', contact, proof(challenge)));
    assert.equal(status(await bob.message()), 200, `from ${before} to ${after}`);
  }
});

test('messages that wait outlast a clock that jumps, and stay in order', async (t) => {
  const { relay, set } = await startWithClock(t, ['bob'], forEveryone);
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const texts = [];
  for (const hours of [0, 1, -1, 0]) {
    set(hours * hour);
    const text = `number ${texts.length}`;
    carol.send(fromStranger(text));
    assert.equal(status(await carol.message()), 202);
    texts.push(text);
  }
  const bob = await signIn(t, relay.ports.ws, 'bob');
  assert.deepEqual(await takeAll(bob, texts.length), texts);
});

test('a message that waits is delivered after a restart while its time has not come (RFC 3428 7), and is not once that is over', async (t) => {
  for (const { hours, shown } of [{ hours: 0, shown: ['for an hour at most', 'for ten minutes', 'the last'] }, { hours: 0.5, shown: ['for an hour at most', 'the last'] }, { hours: 1, shown: ['the last'] }]) {
    const first = await startWithClock(t, ['bob'], forEveryone);
    const writes = async (relay, text, extra = {}) => {
      const carol = await WebSocketClient.open(t, relay.ports.ws);
      carol.send(fromStranger(text, extra));
      assert.equal(status(await carol.message()), 202);
    };
    await writes(first.relay, 'for an hour at most', { Expires: '3600' });
    await writes(first.relay, 'for ten minutes', { Expires: '600' });
    await first.relay.end();
    const { relay } = await startWithClock(t, [], forEveryone, { data: first.relay.data, startsAt: hours * hour });
    await writes(relay, 'the last');
    assert.deepEqual(await takeAll(await signIn(t, relay.ports.ws, 'bob'), shown.length), shown, `after ${hours} hours`);
  }
});

test('when the time of a message is over its sender is told, who is a user here or of the domain of a trusted server (RFC 5438 8.2)', async (t) => {
  const server = await tcpServer(t);
  const args = ['--trusted', '127.0.0.1', '--route', `friendly.example=tcp:127.0.0.1:${server.port}`];
  const first = await startWithClock(t, ['alice', 'bob'], args);
  const write = (user, domain, options) => {
    const { body, ...fields } = asking(`${user}@${domain}`, 'bob@example.test', user, 'negative-delivery');
    return instantMessage(user, 'bob', body, { From: `<sip:${user}@${domain}>;tag=1`, Expires: '600', ...fields, ...options });
  };
  const alice = await signIn(t, first.relay.ports.ws, 'alice', { from: '127.0.0.2' });
  alice.send(write('alice', 'example.test'));
  const proof = authorization(await alice.message(), 'SHA-256', 'alice', passwordOf('alice'), 'MESSAGE', 'sip:bob@example.test');
  alice.send(write('alice', 'example.test', { CSeq: '2 MESSAGE', ...proof }));
  assert.equal(status(await alice.message()), 202);
  const carol = await tcpPhone(t, first.relay.ports.tcp);
  carol.send(write('carol', 'friendly.example', { transport: 'TCP' }));
  assert.equal(status(await carol.message()), 202);
  await first.relay.end();

  const { relay } = await startWithClock(t, [], args, { data: first.relay.data, startsAt: hour });
  const waiting = { carol: await server.connection(), alice: await signIn(t, relay.ports.ws, 'alice', { from: '127.0.0.2' }) };
  for (const [user, connection] of Object.entries(waiting)) {
    const told = await connection.message('the notification');
    isNotification(told, user, 'failed');
    connection.send(ok(told));
  }
});

test('what is too slow is ended as soon as ever when the clock was set back', async (t) => {
  const { relay, set } = await startWithClock(t, [], ['--limit-arrival-seconds', '1']);
  const slow = connect(relay.ports.tcp, '127.0.0.1');
  t.after(() => slow.destroy());
  await soon(once(slow, 'connect'), 'a connection');
  const end = closed(slow);
  slow.resume();
  set(-hour);
  await soon(end, 'its end');
});
