import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { tcpPhone, tcpServer, udpPhone } from '../support/phones.mjs';
import { freePort } from '../support/ports.mjs';
import { soon, startRelay } from '../support/relay.mjs';
import { body, converse, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function browser(t, port, user) {
  const client = await WebSocketClient.open(t, port);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

/** A UDP phone that is registered, and what its requests are sent over. */
async function signedInPhone(t, port, at = {}) {
  const phone = await udpPhone(t, port, at);
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` };
  phone.send(register('phone', `sip:phone@127.0.0.1:${phone.port}`, over));
  assert.equal(status(await phone.message()), 200);
  return { phone, over };
}

test('a UDP phone and a browser exchange messages', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await browser(t, ports.ws, 'alice');
  const { phone, over } = await signedInPhone(t, ports.udp);
  await converse(phone, alice, instantMessage('phone', 'alice', 'from the phone', over), 'from the phone');
  await converse(alice, phone, instantMessage('alice', 'phone', 'from the browser'), 'from the browser');
});

test('in a dialog a browser is reached by its flow, and once that is gone the phone hears so at once (RFC 5626 5.3.1)', async (t) => {
  const { ports } = await startRelay(t, ['--drain-seconds', '1']); // a call that was just answered is waited for
  const alice = await browser(t, ports.ws, 'alice');
  const { phone, over } = await signedInPhone(t, ports.udp);
  const contact = 'sip:a@client.invalid;transport=ws';
  alice.send(request('INVITE', { uri: 'sip:phone@example.test', from: 'alice', to: 'phone', Contact: `<${contact}>` }));
  assert.equal(status(await alice.message()), 100);
  const invite = await phone.message('the INVITE');
  const answer = ok(invite);
  phone.send(answer);
  assert.equal(status(await alice.message()), 200);
  const value = (text, name) => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(text)[1];
  const dialog = { From: value(answer, 'To'), To: value(answer, 'From'), 'Call-ID': value(answer, 'Call-ID'), Route: value(invite, 'Record-Route') };
  const info = (number) => request('INFO', { ...over, uri: contact, ...dialog, CSeq: `${number} INFO` });
  phone.send(info(1));
  const received = await alice.message();
  assert.match(received, /^INFO sip:a@client\.invalid;transport=ws SIP/);
  alice.send(ok(received));
  assert.equal(status(await phone.message()), 200);
  alice.vanish();
  phone.send(info(2));
  assert.equal(status(await phone.message()), 480);
});

/** The values of Record-Route, the first of which the recipient sees first. */
const recordRoutes = (text) => [...text.matchAll(/^Record-Route: (.*)\r$/gm)].flatMap(([, values]) => values.split(/, */));

test('a call that changes the transport brings each end a way back by its own (RFC 3261 16.6 step 4, RFC 5658)', async (t) => {
  const { ports } = await startRelay(t, ['--drain-seconds', '1']); // a call that was just answered is waited for
  const ends = {
    ws: await browser(t, ports.ws, 'alice'),
    udp: (await signedInPhone(t, ports.udp)).phone,
    tcp: await tcpPhone(t, ports.tcp),
  };
  ends.tcp.send(register('desk', `sip:desk@127.0.0.1:${ends.tcp.port};transport=tcp`, { transport: 'TCP' }));
  assert.equal(status(await ends.tcp.message()), 200);
  const users = { ws: 'alice', udp: 'phone', tcp: 'desk' };
  const transportOf = { ws: ';transport=ws', udp: '', tcp: ';transport=tcp' };
  const value = (protocol) => `<sip:[^@>]+@127\\.0\\.0\\.1:${ports[protocol]}${transportOf[protocol]};lr>`;
  for (const [from, to] of [['ws', 'udp'], ['udp', 'ws'], ['tcp', 'udp'], ['udp', 'tcp'], ['ws', 'tcp'], ['tcp', 'ws']]) {
    const over = { transport: from.toUpperCase(), ...(ends[from].port && { sentBy: `127.0.0.1:${ends[from].port}` }) };
    ends[from].send(request('INVITE', { ...over, uri: `sip:${users[to]}@example.test`, from: users[from], to: users[to], Contact: `<sip:${users[from]}@client.invalid>` }));
    assert.equal(status(await ends[from].message()), 100);
    const invite = await ends[to].message('the INVITE');
    const values = recordRoutes(invite);
    assert.equal(values.length, 2, invite);
    assert.match(values[0], new RegExp(`^${value(to)}$`));
    assert.match(values[1], new RegExp(`^${value(from)}$`));
    ends[to].send(ok(invite));
    assert.equal(status(await ends[from].message()), 200);
  }
});

test('a phone keeps its flow over UDP alive by STUN at the port of SIP (RFC 5626 8)', async (t) => {
  const { ports } = await startRelay(t);
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  const transaction = Buffer.from('twelve bytes');
  socket.send(Buffer.concat([Buffer.from('000100002112a442', 'hex'), transaction]), ports.udp, '127.0.0.1');
  const [answer] = await soon(once(socket, 'message'), 'the Binding response');
  assert.deepEqual(answer.subarray(0, 20), Buffer.concat([Buffer.from('0101000c2112a442', 'hex'), transaction]));
  const address = Buffer.from([127 ^ 0x21, 0x12, 0xa4, 1 ^ 0x42]);
  const mapped = Buffer.from([0, 0x20, 0, 8, 0, 1, (socket.address().port >> 8) ^ 0x21, (socket.address().port & 0xff) ^ 0x12]);
  assert.deepEqual(answer.subarray(20), Buffer.concat([mapped, address]));
});

test('a UDP phone gets answers at the port it sends from', async (t) => {
  const { ports } = await startRelay(t);
  const phone = await udpPhone(t, ports.udp);
  phone.send(request('OPTIONS', { transport: 'UDP', sentBy: '192.0.2.1:9', from: 'phone', to: 'phone' }));
  const answer = await phone.message();
  assert.equal(status(answer), 200);
  assert.match(answer, new RegExp(`rport=${phone.port}`));
  assert.match(answer, /received=127\.0\.0\.1/);
});

test('datagrams that are no SIP change nothing', async (t) => {
  const { ports } = await startRelay(t);
  const phone = await udpPhone(t, ports.udp);
  for (const bytes of ['', '\r\n\r\n', 'garbage', Buffer.alloc(60_000, 0xff)]) phone.send(bytes);
  phone.send(request('OPTIONS', { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}`, from: 'phone', to: 'phone' }));
  assert.equal(status(await phone.message()), 200);
});

test('a TCP phone and a browser exchange messages over the connection that registered', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await browser(t, ports.ws, 'alice');
  const phone = await tcpPhone(t, ports.tcp);
  const over = { transport: 'TCP', sentBy: `127.0.0.1:${phone.port}` };
  phone.send(register('phone', `sip:phone@127.0.0.1:${phone.port};transport=tcp`, over));
  assert.equal(status(await phone.message()), 200);
  await converse(phone, alice, instantMessage('phone', 'alice', 'from the phone', over), 'from the phone');
  await converse(alice, phone, instantMessage('alice', 'phone', 'from the browser'), 'from the browser');
});

test('a TCP stream may be cut anywhere, and holds keep-alives between messages', async (t) => {
  const { ports } = await startRelay(t);
  const phone = await tcpPhone(t, ports.tcp);
  const options = () => request('OPTIONS', { transport: 'TCP', sentBy: '127.0.0.1:9', from: 'phone', to: 'phone', body: 'a body' });
  for (const byte of options()) phone.send(byte);
  assert.equal(status(await phone.message()), 200);
  phone.send(`${options()}\r\n\r\n${options()}`);
  assert.equal(status(await phone.message()), 200);
  assert.equal(await phone.message('the pong'), '\r\n');
  assert.equal(status(await phone.message()), 200);
});

test('a TCP stream that cannot be cut gets 400, or 513 where it says to be too long, and is closed', async (t) => {
  const { ports } = await startRelay(t);
  for (const [length, refusal] of [['many', 400], ['99999999', 513]]) {
    const phone = await tcpPhone(t, ports.tcp);
    phone.send(request('OPTIONS', { transport: 'TCP', sentBy: '127.0.0.1:9', from: 'phone', to: 'phone', 'Content-Length': length }));
    assert.equal(status(await phone.message()), refusal);
    assert.equal(await phone.message('the end'), null);
  }
  const silent = await tcpPhone(t, ports.tcp);
  silent.send('x'.repeat(70_000));
  assert.equal(await silent.message('the end'), null);
});

const there = (port) => ({ uri: `sip:phone@127.0.0.1:${port};transport=tcp` });

/** Takes a message, answers it, and gives its body. */
async function take(phone) {
  const received = await phone.message();
  phone.send(ok(received));
  return body(received);
}

test('an address that listens is connected to, once for several messages', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await browser(t, ports.ws, 'alice');
  const server = await tcpServer(t);
  alice.send(instantMessage('alice', 'phone', 'one', there(server.port)));
  alice.send(instantMessage('alice', 'phone', 'two', there(server.port)));
  const connection = await server.connection();
  assert.deepEqual([await take(connection), await take(connection)], ['one', 'two']);
  assert.deepEqual([status(await alice.message()), status(await alice.message())], [200, 200]);
});

test('a registered phone whose connection ended is connected to anew', async (t) => {
  const relay = await startRelay(t);
  const { ports } = relay;
  const alice = await browser(t, ports.ws, 'alice');
  const server = await tcpServer(t);
  const phone = await tcpPhone(t, ports.tcp);
  const over = { transport: 'TCP', sentBy: `127.0.0.1:${server.port}` };
  phone.send(register('phone', `sip:phone@127.0.0.1:${server.port};transport=tcp`, over));
  assert.equal(status(await phone.message()), 200);
  const start = relay.log.length;
  phone.socket.end();
  assert.equal(await phone.message('the end'), null);
  // What is written until then is under way on this connection, and fails with it.
  await relay.says(/flow \d+ closed/, start);
  alice.send(instantMessage('alice', 'phone', 'hello again'));
  assert.equal(await take(await server.connection()), 'hello again');
  assert.equal(status(await alice.message()), 200);
});

test('what has no room in a datagram goes to a UDP phone by TCP, and is 513 where it takes none (RFC 3261 18.1.1, RFC 3428 8)', async (t) => {
  const relay = await startRelay(t);
  const alice = await browser(t, relay.ports.ws, 'alice');
  const server = await tcpServer(t);
  await signedInPhone(t, relay.ports.udp, { port: server.port });
  const text = 'x'.repeat(65_000); // on the loopback a datagram holds 65,308 bytes
  alice.send(instantMessage('alice', 'phone', text));
  const connection = await server.connection();
  assert.equal(await take(connection), text);
  assert.equal(status(await alice.message()), 200);
  server.close();
  const start = relay.log.length;
  connection.close();
  await relay.says(/flow \d+ closed/, start);
  alice.send(instantMessage('alice', 'phone', text));
  assert.equal(status(await alice.message()), 513);
});

test('a call that no datagram holds ends nothing else that is on its way to a phone', async (t) => {
  const relay = await startRelay(t);
  const alice = await browser(t, relay.ports.ws, 'alice');
  const mallory = await browser(t, relay.ports.ws, 'mallory');
  const { phone } = await signedInPhone(t, relay.ports.udp, { port: await freePort() });
  alice.send(instantMessage('alice', 'phone', 'hello'));
  const hello = await phone.message();
  const call = async (size) => {
    mallory.send(request('INVITE', { uri: 'sip:phone@example.test', from: 'mallory', to: 'phone', body: 'x'.repeat(size) }));
    assert.equal(status(await mallory.message()), 100);
  };
  await call(20_000);
  const beside = (await phone.message()).length - 20_000;
  const start = relay.log.length;
  // A message may have 65,535 bytes, a datagram over IPv4 has 65,507 at most.
  await call(65_520 - beside);
  await relay.says(/cannot connect to/, start);
  mallory.send('\r\n\r\n');
  assert.equal(await mallory.message(), '\r\n');
  phone.send(ok(hello));
  assert.equal(status(await alice.message()), 200);
});

test('an address that refuses connections is reported at once', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await browser(t, ports.ws, 'alice');
  alice.send(instantMessage('alice', 'phone', 'hello', there(await freePort())));
  const answer = status(await alice.message());
  assert.ok(answer >= 480, `the answer was ${answer}`);
});
