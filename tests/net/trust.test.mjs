import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromStranger, signIn, writes } from '../support/mail.mjs';
import { tcpPhone, tcpServer, udpPhone } from '../support/phones.mjs';
import { passwordOf, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, body, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
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
  const file = join(temporaryDirectory(), 'relay.json');
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

test('strangers reach nobody over any transport while the configuration refuses them; users and trusted servers do', async (t) => {
  const server = '127.0.0.2';
  const file = join(temporaryDirectory(), 'relay.json');
  const strangers = (value) => writeFileSync(file, JSON.stringify({ trusted: server, strangers: value }));
  strangers('refused');
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--config', file] });
  const { ports } = relay;
  const [alice, bob] = [await signIn(t, ports.ws, 'alice'), await signIn(t, ports.ws, 'bob')];
  // A WebSocket from the address of a server is a browser's, by a proxy.
  const ends = { WS: await WebSocketClient.open(t, ports.ws, { from: server }), TCP: await tcpPhone(t, ports.tcp), UDP: await udpPhone(t, ports.udp) };
  const asStranger = (transport) => ({ transport, ...(transport === 'UDP' && { sentBy: `127.0.0.1:${ends.UDP.port}` }) });
  for (const [transport, end] of Object.entries(ends)) {
    end.send(fromStranger('by a stranger', asStranger(transport)));
    assert.match(await end.message(), /^SIP\/2\.0 403 Strangers Are Refused\r\n/, transport);
  }
  const delivered = async (text) => {
    const received = await bob.message(text);
    assert.equal(body(received), text);
    bob.send(ok(received));
  };
  const [answer] = await Promise.all([writes(alice, 'alice', 'bob', 'by a user'), delivered('by a user')]);
  assert.equal(status(answer), 200);
  await converse(await tcpPhone(t, ports.tcp, { from: server }), bob, fromStranger('by a server', { transport: 'TCP' }), 'by a server');

  strangers('allowed');
  await relay.signal('SIGHUP', /the configuration is read anew/);
  for (const [transport, end] of Object.entries(ends)) await converse(end, bob, fromStranger(transport, asStranger(transport)), transport);
});
