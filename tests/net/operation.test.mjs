import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hideTable } from '../support/database.mjs';
import { dnsServer } from '../support/dns_server.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { tcpPhone } from '../support/phones.mjs';
import { passwordOf, startRelay, startWithUsers } from '../support/relay.mjs';
import { authorization, converse, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function registered(t, port, user) {
  const client = await WebSocketClient.open(t, port);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

/** Likewise, with a password. */
async function signedIn(t, relay, user) {
  const client = await WebSocketClient.open(t, relay.ports.ws);
  const options = { 'Call-ID': 'the-registration' };
  const contact = `sip:${user}@client.invalid;transport=ws`;
  client.send(register(user, contact, options));
  const proof = authorization(await client.message(), 'SHA-256', user, passwordOf(user), 'REGISTER', 'sip:example.test');
  client.send(register(user, contact, { ...options, CSeq: '2 REGISTER', ...proof }));
  assert.equal(status(await client.message()), 200);
  return client;
}

test('metrics tell of connections, registrations, messages and refusals, on a listener of their own', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const port = servicePort(relay, 'metrics');
  const [alice, bob] = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  await converse(alice, bob, instantMessage('alice', 'bob', 'hello'), 'hello');
  alice.send(instantMessage('alice', 'nobody', 'hello?'));
  assert.equal(status(await alice.message()), 480);
  await assert.rejects(WebSocketClient.open(t, relay.ports.ws, { origin: 'https://evil.example' }), /403/);
  // By the pong what the client has got before counts as written.
  for (const client of [alice, bob]) {
    client.send('', 'ping');
    assert.equal((await client.next()).kind, 'pong');
  }
  const metrics = await ask(port, '/metrics');
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'sipmsg_connections{transport="ws"} 2',
    'sipmsg_registered_users 2',
    'sipmsg_bindings 2',
    'sipmsg_requests_total{method="MESSAGE"} 2',
    'sipmsg_requests_total{method="REGISTER"} 2',
    'sipmsg_message_answers_total{by="recipient",class="2xx"} 1',
    'sipmsg_message_forwarding_seconds_count 1',
    'sipmsg_rejects_total{reason="480 Temporarily Unavailable"} 1',
    'sipmsg_rejects_total{reason="origin not allowed"} 1',
    'sipmsg_unwritten_bytes 0',
    'sipmsg_connections_total{transport="ws"} 2',
    'sipmsg_draining 0',
  ])
    assert.ok(metrics.text.split('\n').includes(line), `${line} is missing in ${metrics.text}`);
  assert.equal((await ask(relay.ports.ws, '/metrics')).status, 404);
});

test('connections that are not yet one of SIP are told, too', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const page = await tcpPhone(t, relay.ports.ws);
  page.send('GET /none HTTP/1.1\r\nHost: relay.test\r\n\r\n');
  assert.match(await page.message(), /^HTTP\/1.1 404/);
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  assert.match(text, /^sipmsg_open_connections 1$/m);
  assert.match(text, /^sipmsg_connections\{transport="ws"\} 0$/m);
});

test('the manual tells of every metric that there is, and of no other', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: ['--metrics', '127.0.0.1:0'] });
  await assert.rejects(WebSocketClient.open(t, relay.ports.ws, { origin: 'https://evil.example' }), /403/); // or there is no refusal to count
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  const manual = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const rows = manual.split('\n').filter((line) => line.startsWith('| `sipmsg_'));
  const told = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`(sipmsg_\w+)/g)].map(([, name]) => name));
  assert.deepEqual(told.sort(), [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name).sort());
});

test('how many questions wait for the DNS is told', async (t) => {
  const zone = { 'NAPTR silent.test': 'silence', 'NAPTR mute.test': 'silence' };
  const dns = await dnsServer(t, zone);
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0', '--drain-seconds', '1', ...dns.option]);
  const alice = await registered(t, relay.ports.ws, 'alice');
  const waiting = async () => Number(/^sipmsg_dns_questions (\d+)$/m.exec((await ask(servicePort(relay, 'metrics'), '/metrics')).text)[1]);
  const write = (domain) => alice.send(instantMessage('alice', 'bob', 'hello', { uri: `sip:bob@${domain}`, To: `<sip:bob@${domain}>` }));
  write('nowhere.test');
  assert.equal(status(await alice.message()), 404);
  assert.equal(await waiting(), 0);
  for (const domain of Object.keys(zone).map((key) => key.slice('NAPTR '.length))) write(domain);
  alice.send('\r\n\r\n');
  assert.equal(await alice.message('the pong after them'), '\r\n');
  assert.equal(await waiting(), 2);
});

test('the size of the store is told', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: ['--metrics', '127.0.0.1:0', '--mailbox', 'everyone'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  carol.send(instantMessage('carol', 'bob', 'hello', { From: '<sip:carol@example.net>;tag=1' }));
  assert.equal(status(await carol.message()), 202);
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  assert.match(text, /^sipmsg_stored_messages 1$/m);
  assert.match(text, /^sipmsg_stored_bytes [1-9]\d*$/m);
  assert.match(text, /^sipmsg_message_answers_total\{by="relay",class="202"\} 1$/m);
  assert.match(text, /^sipmsg_message_storing_seconds_count 1$/m);
});

test('what the other end of a connection has not read is told', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const [alice, bob] = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  bob.stall();
  const unread = async () => Number(/^sipmsg_unwritten_bytes (\d+)$/m.exec((await ask(servicePort(relay, 'metrics'), '/metrics')).text)[1]);
  // What the buffers of the system hold is not in it.
  for (let sent = 0; (await unread()) === 0; ++sent) {
    assert.ok(sent < 1000, 'sixty megabytes are with nobody');
    alice.send(instantMessage('alice', 'bob', 'x'.repeat(60_000)));
  }
});

test('what comes of stored messages is counted by outcome', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: ['--metrics', '127.0.0.1:0', '--mailbox', 'everyone'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const text of ['one', 'two', 'three']) {
    carol.send(instantMessage('carol', 'bob', text, { From: '<sip:carol@example.net>;tag=1' }));
    assert.equal(status(await carol.message()), 202);
  }
  const bob = await signedIn(t, relay, 'bob');
  bob.send(ok(await bob.message('one')));
  bob.send(ok(await bob.message('two')).replace('200 OK', '415 Unsupported Media Type'));
  bob.send(ok(await bob.message('three')).replace('200 OK', '486 Busy Here'));
  bob.send(request('OPTIONS', { from: 'bob', to: 'bob' }));
  assert.equal(status(await bob.message('the answer after all that')), 200);
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  for (const [outcome, count] of Object.entries({ delivered: 1, refused: 1, postponed: 1, expired: 0 }))
    assert.match(text, new RegExp(`^sipmsg_mailbox_tries_total\\{outcome="${outcome}"\\} ${count}$`, 'm'));
});

test('a relay is ready until it drains, and alive until its end', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const port = servicePort(relay, 'metrics');
  const ready = await ask(port, '/readyz');
  assert.deepEqual([ready.status, ready.text], [200, 'ready\n']);
  const [alice, bob] = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  alice.send(instantMessage('alice', 'bob', 'hello'));
  await bob.message();
  await relay.signal('SIGTERM', /draining/);
  const drained = await ask(port, '/readyz');
  assert.deepEqual([drained.status, drained.text], [503, 'draining\n']);
  assert.equal((await ask(port, '/healthz')).text, 'ok\n');
  const { text } = await ask(port, '/metrics');
  assert.match(text, /^sipmsg_draining 1$/m);
  assert.match(text, /^sipmsg_transactions 2$/m); // the message of alice, and on to bob
  bob.vanish();
});

test('a relay whose accounts cannot be read is not ready and lets nobody in, until they can', async (t) => {
  const relay = await startWithUsers(t, ['alice'], { args: ['--metrics', '127.0.0.1:0'] });
  const port = servicePort(relay, 'metrics');
  const giveBack = hideTable(join(relay.data, 'sipmsg.sqlite'), 'users');
  const hidden = await ask(port, '/readyz');
  assert.deepEqual([hidden.status, hidden.text], [503, 'the accounts cannot be read\n']);
  await assert.rejects(signedIn(t, relay, 'alice'), /500 !== 200/);
  giveBack();
  const ready = await ask(port, '/readyz');
  assert.deepEqual([ready.status, ready.text], [200, 'ready\n']);
  await signedIn(t, relay, 'alice');
});

test('what else is asked of the listener for metrics is refused', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const port = servicePort(relay, 'metrics');
  assert.equal((await ask(port, '/')).status, 404);
  assert.equal((await ask(port, '/metrics', { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await ask(port, '/healthz', { method: 'HEAD' })).text, '');
});

test('whoever takes every connection to the metrics takes none of the admin API, and is counted when it is turned away', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0', '--admin', '127.0.0.1:0']);
  const metrics = servicePort(relay, 'metrics');
  const idle = await Promise.all(Array.from({ length: 64 }, () => tcpPhone(t, metrics)));
  await assert.rejects(ask(metrics, '/metrics'), /ECONNRESET|socket hang up/);
  assert.equal((await ask(servicePort(relay, 'admin'), '/users')).status, 200);
  for (const connection of idle) connection.close();
  const answer = async () => ask(metrics, '/metrics').catch(answer); // until the relay knows that they are closed
  assert.match((await answer()).text, /^sipmsg_rejects_total\{reason="too many connections to admin or metrics"\} [1-9]/m);
});
