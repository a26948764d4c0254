import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../support/ports.mjs';
import { soon, startRelay } from '../support/relay.mjs';
import { instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function registered(t, port, user) {
  const client = await WebSocketClient.open(t, port);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

/** A relay that is told to end while a message of alice is with bob, who has not answered it yet. */
async function startAndDrain(t, args) {
  const relay = await startRelay(t, args);
  const [alice, bob] = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  alice.send(instantMessage('alice', 'bob', 'are you there?'));
  const received = await bob.message();
  await relay.signal('SIGTERM', /draining/);
  return { relay, alice, bob, received };
}

/** What comes next that is no response under way. */
async function ending(client) {
  for (;;) {
    const frame = await client.next('the goodbye');
    if (frame.kind !== 'text') return frame;
  }
}

test('SIGTERM lets what is under way end, refuses what is new, then says 1001', async (t) => {
  const { relay, alice, bob, received } = await startAndDrain(t, ['--ws', `127.0.0.1:${await freePort()}`]);
  const latecomer = connect(relay.ports.ws, '127.0.0.1');
  const [error] = await soon(once(latecomer, 'error'), 'the refusal');
  assert.equal(error.code, 'ECONNREFUSED');
  bob.send(instantMessage('bob', 'alice', 'too late'));
  const refusal = await bob.message();
  assert.equal(status(refusal), 503);
  assert.match(refusal, /^Retry-After: \d+\r$/m);
  bob.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  for (const client of [alice, bob]) assert.equal((await ending(client)).status, 1001);
  assert.deepEqual(await soon(relay.exit, 'the end'), { code: 0, signal: null });
});

test('a browser that has nothing under way is told 1001 at once, the others once they have finished', async (t) => {
  const relay = await startRelay(t);
  const idle = await registered(t, relay.ports.ws, 'carol');
  const [alice, bob] = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  alice.send(instantMessage('alice', 'bob', 'are you there?'));
  const received = await bob.message();
  await relay.signal('SIGTERM', /draining/);
  const goodbye = await idle.next('the goodbye');
  assert.deepEqual([goodbye.kind, goodbye.status], ['close', 1001]);
  bob.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  for (const client of [alice, bob]) assert.equal((await ending(client)).status, 1001);
});

test('who does not answer holds up the end for drain-seconds and no longer', async (t) => {
  const { relay, alice } = await startAndDrain(t, ['--drain-seconds', '1']);
  assert.equal((await ending(alice)).status, 1001);
  assert.deepEqual(await soon(relay.exit, 'the end'), { code: 0, signal: null });
  assert.match(relay.log, /some requests are still without an answer/);
});

test('a second signal ends the relay at once', async (t) => {
  const { relay, alice } = await startAndDrain(t, ['--drain-seconds', '600']);
  await relay.end('SIGINT');
  assert.equal((await ending(alice)).kind, 'end');
});

test('signals that come while it ends take nothing from its end', async (t) => {
  for (let i = 0; i < 10; ++i) {
    const relay = await startRelay(t);
    await registered(t, relay.ports.ws, 'alice');
    let isOver = false;
    relay.exit.then(() => (isOver = true));
    while (!isOver) {
      relay.child.kill('SIGTERM');
      await new Promise(setImmediate);
    }
    assert.deepEqual(await relay.exit, { code: 0, signal: null }, relay.log);
  }
});
