// What each key that counts at once on SIGHUP changes then, where no other file shows it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { makeCertificate } from '../support/certificate.mjs';
import { offer } from '../support/compression.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone, fromStranger } from '../support/mail.mjs';
import { tcpEnd, tcpPhone, tcpServer } from '../support/phones.mjs';
import { soon, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A relay whose configuration says this, and how to have it say something else from now on. */
async function startWith(t, content, start = (args) => startRelay(t, args)) {
  const file = join(temporaryDirectory(), 'relay.json');
  const write = (next) => writeFileSync(file, JSON.stringify(next));
  write(content);
  const relay = await start(['--config', file]);
  const change = async (next) => {
    write(next);
    await relay.signal('SIGHUP', /the configuration is read anew/);
  };
  return { relay, change };
}

const options = (transport) => request('OPTIONS', { from: 'alice', to: 'relay', transport });

/** The last frame of an answer to so many pings, or of the end that they bring. */
async function afterPings(client, count) {
  for (let i = 0; i < count; ++i) client.send('', 'ping');
  let frame;
  for (let i = 0; i < count && frame?.kind !== 'close'; ++i) frame = await client.next();
  return frame.kind;
}

/** What comes of a message in so many parts that bear nothing. */
async function afterEmptyParts(client, count) {
  client.send('', 'text', { isPart: true });
  for (let i = 0; i < count; ++i) client.send('', 'continuation', { isPart: true });
  client.send(options('WS'), 'continuation');
  return (await client.next()).kind;
}

/** Whether a second connection is served that `from` opens; not 127.0.0.1, which is not counted. */
async function isSecondServed(t, { tcp }, from) {
  const [, second] = [await tcpPhone(t, tcp, { from }), await tcpPhone(t, tcp, { from })];
  second.send(options('TCP'));
  return (await second.message('an answer or its end')) !== null;
}

const browser = (t, { ws }, more) => WebSocketClient.open(t, ws, more);

/** Key, values of before and after, and what is seen by each, from an address that nothing has come from. */
const keys = {
  'ws-compression': { values: ['off', 'on'], seen: ['plain', 'compressed'], look: async (t, ports) => ((await browser(t, ports, { extensions: offer })).extensions ? 'compressed' : 'plain') },
  'limit-connections': { values: ['1', '1000'], seen: [false, true], look: isSecondServed },
  'limit-connection-messages': { values: ['2000', '1'], seen: ['pong', 'close'], look: async (t, ports) => afterPings(await browser(t, ports), 10) },
  'limit-connection-kilobytes': { values: ['4096', '8'], seen: ['text', 'end'], look: async (t, ports) => afterEmptyParts(await browser(t, ports), 20_000) },
};

for (const [key, { values, seen, look }] of Object.entries(keys))
  test(`SIGHUP: ${key} counts for what comes from then on`, async (t) => {
    const { relay, change } = await startWith(t, { [key]: values[0] });
    assert.equal(await look(t, relay.ports, '127.0.0.2'), seen[0]);
    await change({ [key]: values[1] });
    assert.equal(await look(t, relay.ports, '127.0.0.3'), seen[1]);
  });

test('SIGHUP: limit-arrival-seconds counts for new connections, and those that stand have their time', async (t) => {
  const { relay, change } = await startWith(t, { 'limit-arrival-seconds': '600' });
  const [standing, text] = [await tcpPhone(t, relay.ports.tcp), options('TCP')];
  const isKnown = async (phone) => {
    phone.send(options('TCP'));
    assert.equal(status(await phone.message()), 200);
    phone.send(text.slice(0, 10));
  };
  await isKnown(standing);
  await change({ 'limit-arrival-seconds': '4' });
  const latecomer = await tcpPhone(t, relay.ports.tcp);
  await isKnown(latecomer);
  assert.equal(await latecomer.message('its end'), null);
  standing.send(text.slice(10));
  assert.equal(status(await standing.message()), 200);
});

test('SIGHUP: log-level counts for the next line', async (t) => {
  const { relay, change } = await startWith(t, { 'log-level': 'info' }, (args) => startRelay(t, args, { left: ['--log-level'] }));
  for (const level of ['info', 'debug', 'info']) {
    await change({ 'log-level': level });
    const start = relay.log.length;
    const client = await browser(t, relay.ports);
    client.send(options('WS'));
    assert.equal(status(await client.message()), 200);
    await change({ 'log-level': level }); // and what was logged before it is here
    assert.equal(/opened: ws/.test(relay.log.slice(start)), level === 'debug', level);
  }
});

test('SIGHUP: drain-seconds counts for the next end', async (t) => {
  const { relay, change } = await startWith(t, { 'drain-seconds': '600' });
  const [alice, bob] = [await browser(t, relay.ports), await browser(t, relay.ports)];
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  alice.send(instantMessage('alice', 'bob', 'are you there?'));
  await bob.message();
  await change({ 'drain-seconds': '1' });
  await relay.signal('SIGTERM', /draining/);
  assert.deepEqual(await soon(relay.exit, 'the end'), { code: 0, signal: null });
});

test('SIGHUP: mailbox-days counts for messages that are stored from then on', async (t) => {
  const start = (args) => startWithUsers(t, ['bob'], { args: [...args, '--admin', '127.0.0.1:0', ...forEveryone] });
  const { relay, change } = await startWith(t, { 'mailbox-days': '30' }, start);
  const carol = await browser(t, relay.ports);
  for (const days of ['30', '1']) {
    await change({ 'mailbox-days': days });
    carol.send(fromStranger(`for ${days}`));
    assert.equal(status(await carol.message()), 202);
  }
  const stored = JSON.parse((await ask(servicePort(relay, 'admin'), '/messages/bob@example.test')).text);
  assert.deepEqual(stored.map(({ expires_at: end }) => Math.round((end - Date.now() / 1000) / 86_400)), [30, 1]);
});

test('SIGHUP: mailbox-megabytes counts for the next message', async (t) => {
  const start = (args) => startWithUsers(t, ['bob'], { args: [...args, '--trusted', '127.0.0.1'] });
  const { relay, change } = await startWith(t, { 'mailbox-megabytes': '1' }, start);
  const server = await tcpPhone(t, relay.ports.tcp);
  const write = async () => {
    server.send(fromStranger('x'.repeat(60_000), { transport: 'TCP' }));
    return status(await server.message());
  };
  for (let i = 0; i < 17; ++i) assert.equal(await write(), 202); // 17 KiB are left of 1024
  assert.equal(await write(), 480);
  await change({ 'mailbox-megabytes': '2' });
  assert.equal(await write(), 202);
});

test('SIGHUP: trusted-authorities counts for the next connection to another domain', async (t) => {
  const { certificate, key } = makeCertificate(temporaryDirectory(), 'server', 'DNS:other.test');
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, async (socket) => {
    const end = tcpEnd(t, socket);
    for (let text = await end.message(); text; text = await end.message()) end.send(ok(text));
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await soon(once(server, 'listening'), 'a port of TLS');
  const content = { route: `other.test=tls:127.0.0.1:${server.address().port}` };
  const { relay, change } = await startWith(t, content);
  const alice = await browser(t, relay.ports);
  const write = async () => {
    alice.send(instantMessage('alice', 'bob', 'in confidence', { uri: 'sip:bob@other.test', To: '<sip:bob@other.test>' }));
    return status(await alice.message());
  };
  assert.equal(await write(), 500);
  await change({ ...content, 'trusted-authorities': certificate });
  assert.equal(await write(), 200);
});

test('SIGHUP: a new upstream is where the next REGISTER goes', async (t) => {
  const [first, second] = [await tcpServer(t), await tcpServer(t)];
  const behind = ({ port }) => ({ upstream: `example.net=sip:127.0.0.1:${port};transport=tcp` });
  const { relay, change } = await startWith(t, {});
  const alice = await browser(t, relay.ports);
  const of = '<sip:alice@example.net>';
  const registers = () => alice.send(register('alice', 'sip:alice@client.invalid;transport=ws', { uri: 'sip:example.net', From: `${of};tag=1`, To: of, Supported: 'path' }));
  registers();
  assert.equal(status(await alice.message()), 403);
  for (const server of [first, second]) {
    await change(behind(server));
    registers();
    const connection = await server.connection();
    connection.send(ok(await connection.message('the REGISTER')));
    assert.equal(status(await alice.message()), 200);
  }
});
