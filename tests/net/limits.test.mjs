import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { signIn, writes as writesSigned } from '../support/mail.mjs';
import { tcpPhone, tcpServer, udpPhone } from '../support/phones.mjs';
import { passwordOf, soon, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { closed } from '../support/socket.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** Not 127.0.0.1, from where a reverse proxy would bring everyone. */
const [stranger, another] = ['127.0.0.2', '127.0.0.3'];

const asStranger = { From: '<sip:carol@example.net>;tag=1' };
const options = (transport) => request('OPTIONS', { from: 'alice', to: 'bob', transport });

async function writes(client, to) {
  client.send(instantMessage('carol', to, 'hello', asStranger));
  return client.message();
}

/** A phone's client tries with MD5, which is what it is asked for. */
async function logIn(client, user, password, [transport, algorithm] = ['WS', 'SHA-256']) {
  const contact = `sip:${user}@client.invalid;transport=${transport.toLowerCase()}`;
  client.send(register(user, contact, { transport }));
  const proof = authorization(await client.message(), algorithm, user, password, 'REGISTER', 'sip:example.test');
  client.send(register(user, contact, { transport, CSeq: '2 REGISTER', ...proof }));
  return client.message();
}

test('more connections of one address than are allowed are closed at once, and counted; others are taken', async (t) => {
  const relay = await startRelay(t, ['--limit-connections', '3', '--metrics', '127.0.0.1:0']);
  const phones = [];
  for (let i = 0; i < 3; ++i) phones.push(await tcpPhone(t, relay.ports.tcp, { from: stranger }));
  const fourth = await tcpPhone(t, relay.ports.tcp, { from: stranger });
  assert.equal(await fourth.message('its end'), null);
  await assert.rejects(WebSocketClient.open(t, relay.ports.ws, { from: stranger }), /closed during the handshake/);
  phones.push(await tcpPhone(t, relay.ports.tcp, { from: another }));
  for (let i = 0; i < 5; ++i) phones.push(await tcpPhone(t, relay.ports.tcp));
  for (const phone of phones) {
    phone.send(options('TCP'));
    assert.equal(status(await phone.message()), 200);
  }
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  assert.match(text, /^sipmsg_rejects_total\{reason="too many connections a minute"\} 2$/m);
});

test('no more connections are taken than may be open; SIGHUP allows more', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  const allow = (connections) => writeFileSync(file, JSON.stringify({ 'limit-open-connections': connections }));
  allow('2');
  const relay = await startRelay(t, ['--config', file, '--metrics', '127.0.0.1:0']);
  const isServed = async (phone) => {
    phone.send(options('TCP'));
    const answer = await phone.message('an answer or its end');
    return answer !== null && status(answer) === 200;
  };
  const phones = [await tcpPhone(t, relay.ports.tcp), await tcpPhone(t, relay.ports.tcp)];
  for (const phone of phones) assert.ok(await isServed(phone));
  assert.equal(await (await tcpPhone(t, relay.ports.tcp)).message('its end'), null);
  allow('3');
  await relay.signal('SIGHUP', /the configuration is read anew/);
  phones.push(await tcpPhone(t, relay.ports.tcp));
  for (const phone of phones) assert.ok(await isServed(phone));
  assert.equal(await (await tcpPhone(t, relay.ports.tcp)).message('its end'), null);
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  assert.match(text, /^sipmsg_rejects_total\{reason="too many connections"\} 2$/m);
});

test('servers at one address hold a quarter of the connections that the relay opens, and leave the others to others', async (t) => {
  const relay = await startRelay(t, ['--limit-open-connections', '16']);
  const alice = await udpPhone(t, relay.ports.udp);
  const write = ({ host, port }) =>
    alice.send(instantMessage('alice', 'dave', 'hello', { transport: 'UDP', sentBy: `127.0.0.1:${alice.port}`, uri: `sip:dave@${host}:${port};transport=tcp` }));
  const deliver = async (server) => {
    write(server);
    const connection = await server.connection();
    connection.send(ok(await connection.message()));
    assert.equal(status(await alice.message()), 200);
  };
  for (let i = 0; i < 2; ++i) await deliver(await tcpServer(t, stranger));
  write(await tcpServer(t, stranger));
  assert.equal(status(await alice.message()), 500);
  await deliver(await tcpServer(t, another));
});

test('a stranger who writes too much is told when to go on; SIGHUP allows more', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  const allow = (messages) => writeFileSync(file, JSON.stringify({ 'limit-messages': messages }));
  allow('2');
  const relay = await startWithUsers(t, ['bob'], { args: ['--config', file, '--mailbox', 'everyone'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws, { from: stranger });
  for (let i = 0; i < 2; ++i) assert.equal(status(await writes(carol, 'bob')), 202);
  const refusal = await writes(carol, 'bob');
  assert.match(refusal, /^SIP\/2\.0 503 Too Many Messages\r\n/);
  const wait = Number(/^Retry-After: (\d+)\r$/m.exec(refusal)[1]);
  assert.ok(wait > 0 && wait <= 30, refusal);
  assert.equal(status(await writes(await WebSocketClient.open(t, relay.ports.ws, { from: another }), 'bob')), 202);
  allow('100000');
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.equal(status(await writes(carol, 'bob')), 202);
});

test('passwords cannot be guessed without end, and who is signed in stays so', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--limit-wrong-passwords', '3'] });
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  assert.equal(status(await logIn(alice, 'alice', 'secret of alice')), 200);
  const guesser = await WebSocketClient.open(t, relay.ports.ws, { from: stranger });
  for (let i = 0; i < 3; ++i) assert.equal(status(await logIn(guesser, 'alice', `guess ${i}`)), 401);
  const elsewhere = await WebSocketClient.open(t, relay.ports.ws, { from: another });
  for (const client of [guesser, elsewhere]) {
    const refusal = await logIn(client, 'alice', 'secret of alice');
    assert.match(refusal, /^SIP\/2\.0 503 Too Many Wrong Passwords\r\n/);
    assert.match(refusal, /^Retry-After: [1-9]\d*\r$/m);
  }
  assert.equal(status(await logIn(elsewhere, 'bob', 'secret of bob')), 200);
  assert.equal(status(await logIn(alice, 'alice', 'secret of alice')), 200);
});

test('a user who writes too much is told when to go on, wherever they are, and nobody else is', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob', 'carol'], { args: ['--limit-messages', '2'] });
  const at = (from) => ({ from });
  const [here, there] = [await signIn(t, relay.ports.ws, 'alice', at(stranger)), await signIn(t, relay.ports.ws, 'alice', at(another))];
  const told = [];
  for (const [client, text] of [[here, 'one'], [there, 'two'], [here, 'three'], [there, 'four']]) told.push(await writesSigned(client, 'alice', 'carol', text));
  assert.deepEqual(told.map(status), [202, 202, 503, 503]);
  for (const refusal of told.slice(2)) {
    assert.match(refusal, /^SIP\/2\.0 503 Too Many Messages\r\n/);
    const wait = Number(/^Retry-After: (\d+)\r$/m.exec(refusal)[1]);
    assert.ok(wait > 0 && wait <= 30, refusal);
  }
  assert.equal(status(await writesSigned(await WebSocketClient.open(t, relay.ports.ws), 'alice', 'carol', 'from the machine itself')), 503);
  // Who does not know the password is not told.
  assert.equal(status(await writesSigned(await WebSocketClient.open(t, relay.ports.ws, at(stranger)), 'alice', 'carol', 'five', 'a guess')), 407);
  assert.equal(status(await writesSigned(await signIn(t, relay.ports.ws, 'bob', at(stranger)), 'bob', 'carol', 'by another')), 202);
});

test('who guesses at many users, a password each, is sent away from all of them, and nobody else is', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--limit-wrong-passwords', '1'] });
  const guesser = await WebSocketClient.open(t, relay.ports.ws, { from: stranger });
  for (let i = 0; i < 10; ++i) assert.equal(status(await logIn(guesser, `user${i}`, 'password1')), 401);
  const phone = await tcpPhone(t, relay.ports.tcp, { from: stranger });
  for (const [client, how] of [[guesser], [await WebSocketClient.open(t, relay.ports.ws, { from: stranger })], [phone, ['TCP', 'MD5']]])
    assert.match(await logIn(client, 'alice', passwordOf('alice'), how), /^SIP\/2\.0 503 Too Many Wrong Passwords\r\n[^]*^Retry-After: [1-9]\d*\r$/m);
  assert.equal(status(await logIn(await WebSocketClient.open(t, relay.ports.ws, { from: another }), 'alice', passwordOf('alice'))), 200);
});

/** What a REGISTER with these Contacts is answered; `sent` makes of the request what is sent. */
async function registers(phone, contacts, over, sent = (text) => text) {
  phone.send(sent(register('bob', '', { ...over, Contact: contacts.map((contact) => `<${contact}>`).join(', ') })));
  return phone.message();
}
const listed = (answer) => [...answer.matchAll(/^Contact: <([^>]+)>/gm)].map(([, contact]) => contact);

test('a user has ten contacts and no eleventh, of which two are elsewhere and no third', async (t) => {
  const relay = await startRelay(t);
  const client = await WebSocketClient.open(t, relay.ports.ws);
  const devices = Array.from({ length: 11 }, (_, i) => `sip:bob@device${i}.invalid;transport=ws`);
  const tooMany = /^SIP\/2\.0 403 Too Many Contacts\r\n/;
  assert.match(await registers(client, devices), tooMany);
  assert.deepEqual(listed(await registers(client, devices.slice(0, 10))).sort(), devices.slice(0, 10).sort());
  assert.match(await registers(client, devices.slice(10)), tooMany);
  assert.equal(listed(await registers(client, devices.slice(0, 1))).length, 10);
  client.send(register('bob', '', { Contact: '*', Expires: '0' }));
  assert.deepEqual(listed(await client.message()), []);

  // Over UDP, and not with rport, by which a phone is reached where it sends from.
  const phone = await udpPhone(t, relay.ports.udp);
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` };
  const byContact = (text) => text.replace(';rport', '');
  const addresses = ['127.0.0.2', '192.0.2.1', '127.0.0.3'].map((address) => `sip:bob@${address}:5060`);
  assert.match(await registers(phone, addresses, over, byContact), tooMany);
  assert.deepEqual(listed(await registers(phone, addresses.slice(0, 2), over, byContact)).sort(), addresses.slice(0, 2).sort());
  assert.match(await registers(phone, addresses.slice(2), over, byContact), tooMany);
  const ownAddress = Array.from({ length: 8 }, (_, i) => `sip:bob@127.0.0.1:${5060 + i}`);
  assert.equal(listed(await registers(phone, ownAddress, over, byContact)).length, 10);
});

test('a connection that sends too much is read more slowly, and loses nothing', async (t) => {
  const relay = await startRelay(t, ['--limit-connection-messages', '1']);
  const open = { WS: () => WebSocketClient.open(t, relay.ports.ws), TCP: () => tcpPhone(t, relay.ports.tcp), HTTP: () => tcpPhone(t, relay.ports.ws) };
  const slows = async (transport) => {
    const asked = transport === 'HTTP' ? 'GET /none HTTP/1.1\r\nHost: relay.test\r\n\r\n' : options(transport);
    const [fast, other] = [await open[transport](), await open[transport]()];
    const answers = [];
    const asks = async (who, client) => {
      client.send(asked);
      assert.match(await client.message(), transport === 'HTTP' ? /^HTTP\/1.1 404 / : /^SIP\/2.0 200 /);
      answers.push(who);
    };
    const start = performance.now();
    // What a TCP connection brings at once is read at once: one by one, then, so many that nobody is delayed for as long by anything else.
    const goesOn = async () => {
      for (let i = 0; i < 4; ++i) await asks('fast', fast);
    };
    for (let i = 0; i < 2; ++i) await asks('fast', fast);
    await Promise.all([goesOn(), asks('other', other)]);
    assert.ok(performance.now() - start >= 5000, transport);
    assert.equal(answers.length, 7, transport);
    assert.equal(answers.at(-1), 'fast', transport);
  };
  await Promise.all(Object.keys(open).map(slows));
});

/** More than it takes a busy machine to send what is sent in time. */
const soonEnough = ['--limit-arrival-seconds', '4'];

test('what does not arrive in time ends its connection: a handshake, a request, a message, its rest', async (t) => {
  const { certificate, key } = makeCertificate(temporaryDirectory(), 'relay');
  const relay = await startRelay(t, [
    ...[...soonEnough, '--wss', '127.0.0.1:0', '--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key],
  ]);
  const half = instantMessage('alice', 'bob', 'a body that never comes', { transport: 'TCP' }).slice(0, -10);
  const helloOfTls = Buffer.from('16030100c8010000c40303', 'hex');
  const cases = [
    ['ws', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['ws', ''],
    ['wss', ''],
    ['wss', helloOfTls],
    ['tls', ''],
    ['tls', helloOfTls],
    ['tcp', ''],
    ['tcp', half],
    ['tcp', `${options('TCP')}${half}`, 200],
    ['tcp', `\r\n\r\n${half.slice(0, 20)}`, 'pong'],
  ];
  await Promise.all(
    cases.map(async ([protocol, bytes, answer]) => {
      const socket = connect({ port: relay.ports[protocol], host: '127.0.0.1' });
      t.after(() => socket.destroy());
      let heard = '';
      socket.on('data', (chunk) => (heard += chunk));
      const end = closed(socket);
      // Byte by byte does not make it last longer.
      const trickle = setInterval(() => bytes && socket.writable && socket.write('x'), 200);
      t.after(() => clearInterval(trickle));
      socket.write(bytes);
      await soon(end, `the end of ${protocol} after ${String(bytes).slice(0, 20)}`);
      clearInterval(trickle);
      if (answer === 200) assert.equal(status(heard), 200);
      if (answer === 'pong') assert.equal(heard, '\r\n');
    }),
  );
});

test('a message in parts over a WebSocket has to come whole in time, too, whatever comes beside it', async (t) => {
  const relay = await startRelay(t, soonEnough);
  const [slow, whole] = [await WebSocketClient.open(t, relay.ports.ws), await WebSocketClient.open(t, relay.ports.ws)];
  const text = options('WS');
  slow.send(text.slice(0, 10), 'text', { isPart: true });
  whole.send(text.slice(0, 10), 'text', { isPart: true });
  whole.send('are you there?', 'ping');
  assert.equal((await whole.next()).kind, 'pong');
  whole.send(text.slice(10), 'continuation');
  assert.equal(status(await whole.message()), 200);
  const more = setInterval(() => {
    slow.send('', 'continuation', { isPart: true });
    slow.send('', 'ping');
  }, 100);
  t.after(() => clearInterval(more));
  for (;;) {
    const { kind } = await slow.next('the end of the slow one');
    if (kind === 'end') break;
    assert.equal(kind, 'pong');
  }
  whole.send(text);
  assert.equal(status(await whole.message()), 200);
});

test('who sends parts without end that bear nothing is closed, and who sends a few is not', async (t) => {
  const relay = await startRelay(t, ['--limit-connection-kilobytes', '8']);
  const text = options('WS');
  const ends = async (empty) => {
    const client = await WebSocketClient.open(t, relay.ports.ws);
    client.send('', 'text', { isPart: true });
    for (let i = 0; i < empty; ++i) client.send('', 'continuation', { isPart: true });
    client.send(text, 'continuation');
    return client.next();
  };
  assert.equal(status((await ends(100)).text), 200);
  assert.equal((await ends(50_000)).kind, 'end');
  assert.equal(status((await ends(100)).text), 200);
});

test('who pings without end is closed, and who pings now and then is not', async (t) => {
  const relay = await startRelay(t, ['--limit-connection-messages', '1']);
  const [flood, calm] = [await WebSocketClient.open(t, relay.ports.ws), await WebSocketClient.open(t, relay.ports.ws)];
  for (let i = 0; i < 10; ++i) flood.send('', 'ping');
  calm.send('', 'ping');
  assert.equal((await calm.next()).kind, 'pong');
  for (;;) {
    const frame = await flood.next();
    if (frame.kind === 'pong') continue;
    assert.deepEqual([frame.kind, frame.status, frame.reason], ['close', 1008, 'too many pings']);
    break;
  }
  calm.send(options('WS'));
  assert.equal(status(await calm.message()), 200);
});

test('who is idle between whole messages is not hurried', async (t) => {
  const relay = await startRelay(t, soonEnough);
  const [phone, slow] = [await tcpPhone(t, relay.ports.tcp), await tcpPhone(t, relay.ports.tcp)];
  for (const end of [phone, slow]) {
    end.send(options('TCP'));
    assert.equal(status(await end.message()), 200);
  }
  phone.send('\r\n'); // half a keep-alive
  slow.send('OPTIONS');
  assert.equal(await slow.message('the end of the slow one'), null);
  phone.send(`\r\n${options('TCP')}`);
  assert.equal(await phone.message('a pong'), '\r\n');
  assert.equal(status(await phone.message()), 200);
});
