import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tcpPhone, tcpServer } from '../support/phones.mjs';
import { passwordOf, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const uri = 'sip:dave@friendly.example';

async function signed(client, method, target, request) {
  client.send(request({}));
  const proof = authorization(await client.message(), 'SHA-256', 'alice', passwordOf('alice'), method, target);
  client.send(request({ CSeq: `2 ${method}`, ...proof }));
}

/** What the other domain's server gets of a message of alice's. */
async function written(alice, server, extra = {}) {
  await signed(alice, 'MESSAGE', uri, (fields) => instantMessage('alice', 'dave', 'hello', { uri, ...extra, ...fields }));
  const received = await server.message();
  server.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  return received;
}

/** What alice gets of what somebody sends her. */
async function heard(alice, sender, sent) {
  sender.send(sent);
  const received = await alice.message();
  alice.send(ok(received));
  assert.equal(status(await sender.message()), 200);
  return received;
}

test('a server is told who writes, and believed, while the configuration says that it is trusted (RFC 3325)', async (t) => {
  const listening = await tcpServer(t);
  const file = join(temporaryDirectory(t), 'relay.json');
  const trust = (trusted) => writeFileSync(file, JSON.stringify({ route: `friendly.example=tcp:127.0.0.1:${listening.port}`, ...trusted }));
  trust({ trusted: ['127.0.0.1'] });
  const relay = await startWithUsers(t, ['alice'], { args: ['--config', file] });
  const alice = await WebSocketClient.open(t, relay.ports.ws, { from: '127.0.0.2' });
  const contact = 'sip:alice@client.invalid;transport=ws';
  await signed(alice, 'REGISTER', 'sip:example.test', (fields) => register('alice', contact, fields));
  assert.equal(status(await alice.message()), 200);

  const claim = { 'P-Asserted-Identity': '<sip:boss@example.test>', 'P-Preferred-Identity': '<sip:boss@example.test>', Privacy: 'id' };
  const sent = instantMessage('carol', 'alice', 'hello', {
    ...{ transport: 'TCP', From: '<sip:carol@friendly.example>;tag=1' },
    ...{ 'P-Asserted-Identity': '<sip:carol@friendly.example>', Privacy: 'none' },
  });
  let atServer;
  const server = { message: async () => (atServer ??= await listening.connection()).message(), send: (text) => atServer.send(text) };
  const first = await written(alice, server, claim);
  assert.deepEqual(first.match(/^P-.*-Identity: .*$/gm), ['P-Asserted-Identity: <sip:alice@example.test>']);
  const friend = await tcpPhone(t, relay.ports.tcp);
  assert.match(await heard(alice, friend, sent), /^P-Asserted-Identity: <sip:carol@friendly\.example>\r$/m);

  trust({});
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.doesNotMatch(await written(alice, server, claim), /^P-.*-Identity/m);
  const stranger = await tcpPhone(t, relay.ports.tcp);
  assert.doesNotMatch(await heard(alice, stranger, sent.replace(/branch=\w+/, 'branch=z9hG4bKanother')), /^P-.*-Identity/m);
});
