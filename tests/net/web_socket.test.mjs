import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { startRelay } from '../support/relay.mjs';
import { body, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function registered(t, port, user, kind = 'text') {
  const client = await WebSocketClient.open(t, port);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`), kind);
  assert.equal(status(await client.message(`the answer to REGISTER of ${user}`)), 200);
  return client;
}

/** Sends a MESSAGE and lets the recipient answer it. */
async function converse(from, to, names, text) {
  from.send(instantMessage(names[0], names[1], text));
  const received = await to.message(`the message of ${names[0]}`);
  assert.equal(body(received), text);
  to.send(ok(received));
  assert.equal(status(await from.message('the answer')), 200);
}

test('two clients exchange messages, one of them in binary frames', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice', 'binary');
  const bob = await registered(t, ports.ws, 'bob');
  await converse(alice, bob, ['alice', 'bob'], 'Grüße 👋');
  await converse(bob, alice, ['bob', 'alice'], 'hello');
});

test('a message of 3000 bytes, as a safe path allows, goes from browser to browser', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice');
  const bob = await registered(t, ports.ws, 'bob');
  await converse(alice, bob, ['alice', 'bob'], 'x'.repeat(3000));
});

test('what is not UTF-8 goes on in a binary frame, byte for byte', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice');
  const bob = await registered(t, ports.ws, 'bob');
  // As a sealed body is: every byte there is, an empty line too.
  const every = Buffer.concat([Buffer.from('\r\n\r\n'), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
  const text = instantMessage('alice', 'bob', every.toString('latin1'), { 'Content-Length': every.length });
  alice.send(Buffer.from(text, 'latin1'), 'binary');
  const { kind, data } = await bob.next();
  assert.equal(kind, 'binary');
  assert.deepEqual(data.subarray(-every.length), every);
  bob.send(ok(data.toString('latin1')));
  assert.equal(status(await alice.message()), 200);
});

test('a keep-alive is answered with one CRLF', async (t) => {
  const { ports } = await startRelay(t);
  const client = await WebSocketClient.open(t, ports.ws);
  client.send('\r\n\r\n');
  assert.deepEqual((await client.next()).text, '\r\n');
  client.send('are you there?', 'ping');
  assert.equal((await client.next()).kind, 'pong');
});

test('a client whose connection closed is offline at once', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice');
  const bob = await registered(t, ports.ws, 'bob');
  bob.send(Buffer.from([0x03, 0xe8]), 'close');
  assert.equal((await bob.next()).status, 1000);
  assert.equal((await bob.next()).kind, 'end');
  alice.send(instantMessage('alice', 'bob', 'are you there?'));
  assert.equal(status(await alice.message()), 480);
});

test('a message to a client that vanishes unanswered is refused at once', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice');
  const bob = await registered(t, ports.ws, 'bob');
  alice.send(instantMessage('alice', 'bob', 'are you there?'));
  await bob.message();
  bob.vanish();
  assert.ok(status(await alice.message()) >= 400);
});

test('bad frames end their own connection with a status that says why', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await registered(t, ports.ws, 'alice');
  const bob = await registered(t, ports.ws, 'bob');
  const cases = [
    ['garbage', 'text', 1002],
    [Buffer.from([0xff, 0xfe]), 'text', 1007],
    ['x'.repeat(65537), 'text', 1009],
  ];
  for (const [content, kind, expected] of cases) {
    const client = await WebSocketClient.open(t, ports.ws);
    client.send(content, kind);
    const frame = await client.next();
    assert.equal(frame.kind, 'close');
    assert.equal(frame.status, expected);
    if (expected === 1002) assert.match(frame.reason, /not a SIP message/);
  }
  await converse(alice, bob, ['alice', 'bob'], 'we noticed nothing');
});

test('what came together with a bad frame, behind it, is not heard', async (t) => {
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
  const client = await WebSocketClient.open(t, relay.ports.ws);
  const signIn = (user) => register(user, `sip:${user}@client.invalid;transport=ws`);
  client.sendAtOnce(signIn('alice'), 'garbage', signIn('bob'));
  assert.equal(status(await client.message('the answer before the bad frame')), 200);
  assert.equal((await client.next()).status, 1002);
  assert.match((await ask(servicePort(relay, 'metrics'), '/metrics')).text, /^sipmsg_requests_total{method="REGISTER"} 1$/m);
});

test('a wrong Content-Length and two messages in one frame get 400, and the connection stays', async (t) => {
  const { ports } = await startRelay(t);
  const client = await WebSocketClient.open(t, ports.ws);
  const options = () => request('OPTIONS', { from: 'alice', to: 'alice' });
  const bad = [
    instantMessage('alice', 'bob', 'hello', { 'Content-Length': 99 }),
    instantMessage('alice', 'bob', 'hello', { 'Content-Length': 2 }),
    options() + options(),
  ];
  for (const text of bad) {
    client.send(text);
    assert.equal(status(await client.message()), 400);
  }
  client.send(options());
  assert.equal(status(await client.message()), 200);
});

test('an ending relay tells its clients that it goes away', async (t) => {
  const relay = await startRelay(t);
  const clients = [await registered(t, relay.ports.ws, 'alice'), await registered(t, relay.ports.ws, 'bob')];
  relay.child.kill('SIGTERM');
  for (const client of clients) {
    const frame = await client.next('the close frame');
    assert.equal(frame.kind, 'close');
    assert.equal(frame.status, 1001);
    client.send(Buffer.from([0x03, 0xe9]), 'close');
  }
});

test('pages of the relay and of listed origins may connect, those of others get 403', async (t) => {
  const listed = ['https://shop.example', 'http://other.example:81', 'https://another.example:443'];
  const { ports } = await startRelay(t, listed.flatMap((origin) => ['--origin', origin]));
  for (const origin of [`http://127.0.0.1:${ports.ws}`, 'https://shop.example', 'http://other.example:81', 'https://another.example', undefined])
    await WebSocketClient.open(t, ports.ws, { origin });
  for (const origin of ['https://evil.example', 'http://shop.example', `http://127.0.0.1:${ports.ws + 1}`, 'null'])
    await assert.rejects(WebSocketClient.open(t, ports.ws, { origin }), /no upgrade: HTTP\/1\.1 403 /);
  // A web site may let its own name lead here, and so have its pages be from where the WebSocket is.
  for (const name of ['example.test', 'chat.example.test', 'localhost'])
    await WebSocketClient.open(t, ports.ws, { origin: `http://${name}:${ports.ws}`, hostField: `${name}:${ports.ws}` });
  await assert.rejects(
    WebSocketClient.open(t, ports.ws, { origin: `http://evil.example:${ports.ws}`, hostField: `evil.example:${ports.ws}` }),
    /no upgrade: HTTP\/1\.1 403 /,
  );
});
