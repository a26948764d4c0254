import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpPhone, tcpServer } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { body, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const uri = 'sip:dave@friendly.example';

/** A relay that sends what is for friendly.example to a port of this machine where `listening` waits, and alice. */
async function setUp(t, args) {
  const listening = await tcpServer(t);
  const relay = await startRelay(t, ['--route', `friendly.example=tcp:127.0.0.1:${listening.port}`, ...args]);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  alice.send(register('alice', 'sip:alice@client.invalid;transport=ws'));
  assert.equal(status(await alice.message()), 200);
  return { relay, listening, alice };
}

/** A connection that the server has opened, and by which it says that requests may come back. */
async function offering(t, relay, listening) {
  const server = await tcpPhone(t, relay.ports.tcp);
  server.send(request('OPTIONS', { transport: 'TCP', from: 'carol', to: 'relay', sentBy: `127.0.0.1:${listening.port};alias` }));
  assert.equal(status(await server.message()), 200);
  return server;
}

async function passes(alice, server, text) {
  alice.send(instantMessage('alice', 'dave', text, { uri }));
  const received = await server.message(text);
  assert.equal(body(received), text);
  server.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  return received;
}

const reusing = ['--connection-reuse', 'trusted', '--trusted', '127.0.0.1'];

test('a request to a trusted server goes by the connection that it has opened, and by one of ours when that is gone (RFC 5923)', async (t) => {
  const { relay, listening, alice } = await setUp(t, reusing);
  const server = await offering(t, relay, listening);
  await passes(alice, server, 'by yours');
  await passes(alice, server, 'by yours again');
  server.close();
  await relay.says(/flow \d+ closed/);
  alice.send(instantMessage('alice', 'dave', 'by ours', { uri }));
  const atServer = await listening.connection();
  const received = await atServer.message();
  assert.match(received, /^Via: SIP\/2\.0\/TCP [^\r]*;alias\r$/m);
  assert.equal(body(received), 'by ours');
  atServer.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  // The server may come back by it.
  atServer.send(instantMessage('dave', 'alice', 'back', { transport: 'TCP' }));
  const back = await alice.message();
  assert.equal(body(back), 'back');
  alice.send(ok(back));
  assert.equal(status(await atServer.message()), 200);
});

test('a later connection of the server takes the place of its earlier one, which may close then', async (t) => {
  const { relay, listening, alice } = await setUp(t, reusing);
  const earlier = await offering(t, relay, listening);
  const later = await offering(t, relay, listening);
  earlier.close();
  await relay.says(/flow \d+ closed/);
  await passes(alice, later, 'by the later one');
});

test('without the operator\'s leave a connection of its own is opened', async (t) => {
  const { relay, listening, alice } = await setUp(t, ['--trusted', '127.0.0.1']);
  await offering(t, relay, listening);
  alice.send(instantMessage('alice', 'dave', 'by ours', { uri }));
  const atServer = await listening.connection();
  const received = await atServer.message();
  assert.doesNotMatch(received, /;alias/);
  atServer.send(ok(received));
  assert.equal(status(await alice.message()), 200);
});
