import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, ConnectError, MemoryHistory } from '../src/sdk/index.js';
import { as, cpim, displayedNotification, incoming, start, wasm } from './client_bench.js';
import { delivered, next, status } from './events.js';
import { SipServer } from './sip_server.js';

test('what is written before the connection stands goes out when it does, and is delivered', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  const done = delivered(client);
  await client.send('bob', 'hello');
  const message = await done;
  assert.equal(message.peer, 'sip:bob@example.org');
  assert.equal(server.received('MESSAGE').length, 1);
  assert.deepEqual(client.messages('sip:bob@example.org').map(({ body, state }) => [body, state]), [['hello', 'delivered']]);
});

test('what is written while the connection is down waits, and goes out in order when it is back', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  server.isDown = true;
  server.cut();
  assert.equal(client.state.status, 'reconnecting');
  for (const text of ['one', 'two', 'three']) await client.send('bob', text);
  assert.equal(server.received('MESSAGE').length, 0);
  server.isDown = false;
  const last = next(client, 'delivery', ({ body, state }) => body === 'three' && state === 'delivered');
  client.networkAvailable();
  await last;
  const bodies = server.received('MESSAGE').map((request) => request.split('\r\n\r\n')[1]);
  assert.deepEqual(bodies, ['one', 'two', 'three']);
});

test('a reload sends again what had no final answer, as the same message', async (t) => {
  const history = new MemoryHistory();
  const before = new SipServer();
  before.answer = (request) => (request.startsWith('REGISTER') ? 200 : undefined);
  const first = await start(t, before, { history });
  await status(first, 'connected');
  const id = await first.send('bob', 'hello');
  assert.equal(before.received('MESSAGE').length, 1);

  const after = new SipServer();
  const second = await start(t, after, { history });
  await delivered(second);
  const field = (request: string | undefined, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(request ?? '')?.[1];
  const [repeat] = after.received('MESSAGE');
  for (const name of ['Call-ID', 'From', 'Date'])
    assert.equal(field(repeat, name), field(before.received('MESSAGE')[0], name), name);
  assert.equal(field(repeat, 'Call-ID'), id);
});

test('a message is shown once, even when a reload lies between it and its repeat', async (t) => {
  const history = new MemoryHistory();
  const server = new SipServer();
  const first = await start(t, server, { history });
  await status(first, 'connected');
  const shown = next(first, 'message', ({ direction }) => direction === 'in');
  server.say(incoming('c1', 'hello'));
  assert.equal((await shown).peerName, 'Bob');
  await first.close();

  const second = await start(t, server, { history });
  await status(second, 'connected');
  server.say(incoming('c1', 'hello'));
  const other = next(second, 'message', ({ body }) => body === 'other');
  server.say(incoming('c2', 'other'));
  await other;
  assert.deepEqual(second.messages().map(({ body }) => body), ['hello', 'other']);
});

test('a message may come in a binary frame (RFC 7118 4.2)', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  const shown = next(client, 'message', ({ direction }) => direction === 'in');
  server.say(incoming('c1', 'hello'), 'binary');
  assert.equal((await shown).body, 'hello');
});

test('a wrong password ends it, and says so', async (t) => {
  const server = new SipServer();
  server.answer = () => 401;
  const client = await start(t, server);
  const state = await status(client, 'failed');
  assert.ok(state.status === 'failed' && state.trouble === 'wrong-password');
  assert.equal(server.received('REGISTER').length, 2);
});

test('a server that cannot be reached is tried again, and the state says when', async (t) => {
  const server = new SipServer();
  server.isDown = true;
  const began = Date.now();
  const client = await start(t, server);
  const state = await status(client, 'reconnecting');
  assert.ok(state.status === 'reconnecting' && state.retryAt > began);
  server.isDown = false;
  await status(client, 'connected');
});

test('an address of the server that is none does not end in silence', async (t) => {
  const client = await start(t, new SipServer(), {
    WebSocket: class {
      constructor() {
        throw new SyntaxError('not an address');
      }
    } as never,
  });
  const state = await status(client, 'reconnecting');
  assert.ok(state.status === 'reconnecting' && state.trouble === 'connection-lost');
});

test('an own address that is none is an error at once', async () => {
  await assert.rejects(connect({ server: 'ws://x/', address: 'alice', wasm }), /Not a SIP address: alice/);
});

test('a history that cannot be read does not keep anyone from talking', async (t) => {
  const unreadable = { load: () => Promise.reject(new Error('no storage')), save: () => Promise.reject(new Error('no storage')) };
  const client = await start(t, new SipServer(), { history: unreadable });
  const done = delivered(client);
  await client.send('bob', 'hello');
  assert.equal((await done).body, 'hello');
});

test('a message of a client that is gone is seen through by the next one', async (t) => {
  const history = new MemoryHistory();
  const nobody = new SipServer();
  nobody.isDown = true;
  const first = await start(t, nobody, { history, instance: 'urn:uuid:gone' });
  const id = await first.send('bob', 'hello');
  await first.close();
  const server = new SipServer();
  const second = await start(t, server, { history, instance: 'urn:uuid:next' });
  assert.equal((await delivered(second)).id, id);
});

test('one person is one conversation, however their host is spelled', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  await client.send('bob', 'hello');
  const heard = next(client, 'message', ({ direction }) => direction === 'in');
  server.say(incoming('c1', 'hello').replace('bob@example.org', 'bob@EXAMPLE.org'));
  assert.equal((await heard).peer, 'sip:bob@example.org');
  assert.equal(client.peers().length, 1);
});

test('an im address of another domain is left to the server, and its answers join the conversation (RFC 3428 5)', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  const done = delivered(client);
  await client.send('im:bob@example.net', 'hello');
  assert.equal((await done).peer, 'im:bob@example.net');
  assert.match(server.received('MESSAGE')[0] ?? '', /^MESSAGE im:bob@example\.net SIP/);
  const heard = next(client, 'message', ({ direction }) => direction === 'in');
  server.say(incoming('c1', 'hello').replace('bob@example.org', 'bob@example.net'));
  assert.equal((await heard).peer, 'im:bob@example.net');
});

test('a program that cannot be fetched is an error that says so', async () => {
  const missing = new URL('file:///nowhere/sipmsg.wasm');
  const error = await connect({ server: 'ws://x/', address: 'alice@x', wasm: missing }).catch((reason: unknown) => reason);
  assert.ok(error instanceof ConnectError && error.reason === 'not-loaded', String(error));
});

test('a failed message can be sent again, as the same message', async (t) => {
  const server = new SipServer();
  server.answer = (request) => (request.startsWith('MESSAGE') ? 404 : 200);
  const client = await start(t, server);
  const failed = next(client, 'delivery', ({ state }) => state === 'failed');
  const id = await client.send('bob', 'hello');
  assert.equal((await failed).reason, 'unknown-user');
  server.answer = () => 200;
  const done = delivered(client);
  await client.resend(id);
  await done;
  assert.equal(client.messages().length, 1);
});

const bodies = (server: SipServer) => server.received('MESSAGE').map((request) => request.split('\r\n\r\n').at(-1) ?? '');

test('what was displayed is told once, where the person allows it', async (t) => {
  for (const receipts of ['delivery', 'display'] as const) {
    const server = new SipServer();
    const client = await start(t, server, { receipts });
    await status(client, 'connected');
    const shown = next(client, 'message', ({ direction }) => direction === 'in');
    server.say(as('message/cpim', incoming('c1', cpim('m1', 'hello'))));
    assert.equal((await shown).body, 'hello');
    client.displayed('sip:bob@example.org');
    client.displayed('sip:bob@example.org');
    // What is written goes out behind what is told.
    const done = next(client, 'delivery', ({ body, state }) => body === 'hi' && state === 'delivered');
    await client.send('bob', 'hi');
    await done;
    assert.equal(bodies(server).filter((body) => body.includes('<delivered/>')).length, 1);
    assert.equal(bodies(server).filter((body) => body.includes('<displayed/>')).length, receipts === 'display' ? 1 : 0);
  }
});

test('a notification makes a message displayed', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  const shown = next(client, 'message', ({ direction }) => direction === 'in');
  server.say(as('message/cpim', incoming('c1', cpim('m1', 'hello'))));
  await shown;
  const done = delivered(client);
  const id = await client.send('bob', 'hi');
  await done;
  const displayed = next(client, 'delivery', ({ state }) => state === 'displayed');
  server.say(displayedNotification(id));
  assert.equal((await displayed).id, id);
});

test('a peer that types is known as composing until its message comes', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  const began = next(client, 'composing', ({ isActive }) => isActive);
  const active = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
  server.say(as('application/im-iscomposing+xml', incoming('c1', active)));
  assert.equal((await began).peer, 'sip:bob@example.org');
  assert.ok(client.isComposing('sip:bob@example.org'));
  const stopped = next(client, 'composing', ({ isActive }) => !isActive);
  server.say(incoming('c2', 'hello'));
  await stopped;
  assert.ok(!client.isComposing('sip:bob@example.org'));
});

test('a text that is too long is told before it is sent, by bytes', async (t) => {
  const client = await start(t, new SipServer());
  const excess = client.excess('bob', 'x'.repeat(1300));
  assert.ok(excess > 0);
  assert.equal(client.excess('bob', 'x'.repeat(1300 - excess)), 0);
});

test('of several servers the next one is tried at once where the preferred one cannot be reached', async (t) => {
  const server = new SipServer();
  server.isReachable = (url) => url.startsWith('wss://b.');
  const client = await start(t, server, { server: ['wss://a.example.org/', 'wss://b.example.org/'] });
  await status(client, 'connected');
  assert.deepEqual(server.connectedTo, ['wss://a.example.org/', 'wss://b.example.org/']);
});

test('a token is shown to a server that asks for one; what the server says when it will not do is told', async (t) => {
  const server = new SipServer();
  server.fields[401] = 'WWW-Authenticate: Bearer realm="r", authz_server="https://as.example.org", scope="sip"\r\n';
  server.answer = (request) => (request.includes('Authorization: Bearer good') ? 200 : 401);
  const options = { server: 'wss://example.org/', password: '' };
  const client = await start(t, server, { ...options, token: 'good' });
  await status(client, 'connected');
  const refused = await start(t, server, { ...options, token: 'old' });
  const state = await status(refused, 'failed');
  assert.ok(state.status === 'failed' && state.trouble === 'token-needed');
  assert.deepEqual([state.authzServer, state.scope], ['https://as.example.org', 'sip']);
});

test('GRUUs are there for as long as the registration is', async (t) => {
  const server = new SipServer();
  server.answer = (request) => {
    const contact = /^Contact: (<[^>]*>)/m.exec(request)?.[1] ?? '';
    server.fields[200] = `Contact: ${contact};pub-gruu="sip:alice@example.org;gr=1";temp-gruu="sip:t@example.org;gr"\r\n`;
    return 200;
  };
  const client = await start(t, server);
  await status(client, 'connected');
  assert.deepEqual(client.gruus, { public: 'sip:alice@example.org;gr=1', temporary: 'sip:t@example.org;gr' });
  server.isDown = true;
  server.cut();
  assert.equal(client.gruus.public, '');
});
