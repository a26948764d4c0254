import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { compressed, compressedInParts, inflated, offer } from '../support/compression.mjs';
import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { soon, startRelay } from '../support/relay.mjs';
import { converse, instantMessage, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const { default: WebSocket } = await load('ws');

/** A client that is somebody else's program, and offers compression. */
async function stockClient(t, port, user) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'sip');
  t.after(() => socket.terminate());
  const arrivals = new Arrivals();
  socket.on('message', (data) => arrivals.push(data.toString()));
  await soon(once(socket, 'open'), 'a WebSocket');
  const client = { socket, send: (text) => socket.send(text), message: (what) => arrivals.next(what) };
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message('the answer to REGISTER')), 200);
  return client;
}

const on = ['--ws-compression', 'on'];

test('clients that offer compression get it, each message for itself, and write to those that do not (RFC 7692)', async (t) => {
  const { ports } = await startRelay(t, on);
  const alice = await stockClient(t, ports.ws, 'alice');
  assert.match(alice.socket.extensions, /permessage-deflate/);
  const bob = await WebSocketClient.open(t, ports.ws);
  assert.equal(bob.extensions, undefined);
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  const long = 'grüße 👋 '.repeat(150);
  for (const text of ['short', long, long]) {
    await converse(alice, bob, instantMessage('alice', 'bob', text), text);
    await converse(bob, alice, instantMessage('bob', 'alice', text), text);
  }
});

test('what is sent to a client that offered it is compressed, and no message needs the one before', async (t) => {
  const { ports } = await startRelay(t, on);
  const client = await WebSocketClient.open(t, ports.ws, { extensions: offer });
  assert.match(client.extensions, /^permessage-deflate\b/);
  for (const parameter of ['server_no_context_takeover', 'client_no_context_takeover', 'server_max_window_bits=11', 'client_max_window_bits=11'])
    assert.ok(client.extensions.includes(parameter), client.extensions);
  for (let i = 0; i < 3; ++i) {
    client.send(compressed(request('OPTIONS', { from: 'alice', to: 'relay', Subject: 'x'.repeat(500) })), 'text', { isCompressed: true });
    const answer = await client.next();
    assert.ok(answer.isCompressed);
    assert.equal(status(inflated(answer.data)), 200);
  }
});

test('a message counts as long as it is inflated: past the limit its connection is closed, and the others go on', async (t) => {
  const { ports } = await startRelay(t, on);
  const calm = await stockClient(t, ports.ws, 'calm');
  const fits = request('OPTIONS', { from: 'alice', to: 'relay', body: 'x'.repeat(60_000) });
  const client = await WebSocketClient.open(t, ports.ws, { extensions: offer });
  client.send(compressed(fits), 'text', { isCompressed: true });
  assert.equal(status(inflated((await client.next()).data)), 200);
  const bomb = compressed(Buffer.alloc(64 << 20, 'x'));
  assert.ok(bomb.length < 65_536, `${bomb.length}`);
  client.send(bomb, 'text', { isCompressed: true });
  assert.equal((await client.next()).status, 1009);
  await converse(calm, calm, instantMessage('calm', 'calm', 'hello'), 'hello');
});

test('a message that is inflated in several steps leaves nothing for the next to stumble over', async (t) => {
  const { ports } = await startRelay(t, [...on, '--limit-messages', '1000000']);
  const client = await WebSocketClient.open(t, ports.ws, { extensions: offer });
  // They end in a run of a few bits. At some of these lengths the relay has taken the last byte, and is in the midst of that run, when a step ends.
  for (let length = 4250; length < 4400; ++length) {
    const text = request('OPTIONS', { from: 'alice', to: 'relay', body: 'x'.repeat(length) });
    const parts = [text.slice(0, -length), text.slice(-length)];
    client.send(compressedInParts(parts), 'text', { isCompressed: true });
    const answer = await client.next();
    assert.equal(answer.kind, 'text', `after ${length - 1}`);
    assert.equal(status(inflated(answer.data)), 200);
  }
});

test('what is no compressed data ends its connection, and nothing else', async (t) => {
  const { ports } = await startRelay(t, on);
  const calm = await stockClient(t, ports.ws, 'calm');
  const client = await WebSocketClient.open(t, ports.ws, { extensions: offer });
  client.send(Buffer.alloc(100, 0xff), 'binary', { isCompressed: true });
  let frame = await client.next();
  if (frame.kind === 'close') frame = await client.next();
  assert.equal(frame.kind, 'end');
  await converse(calm, calm, instantMessage('calm', 'calm', 'hello'), 'hello');
});

test('nobody is offered compression unless the operator likes, and a compressed frame is an error then', async (t) => {
  const { ports } = await startRelay(t);
  const client = await WebSocketClient.open(t, ports.ws, { extensions: offer });
  assert.equal(client.extensions, undefined);
  client.send(compressed(request('OPTIONS', { from: 'alice', to: 'relay' })), 'text', { isCompressed: true });
  assert.equal((await client.next()).status, 1002);
});
