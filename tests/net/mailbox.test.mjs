import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone, fromStranger, signIn, takeAll, writes } from '../support/mail.mjs';
import { tcpPhone } from '../support/phones.mjs';
import { passwordOf, runProgram, startRelay, startWithUsers } from '../support/relay.mjs';
import { authorization, body, head, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const domain = 'example.test';

const writeToBob = async (alice, text) => status(await writes(alice, 'alice', 'bob', text));

test('a message for somebody who is not there is answered 202, and waits through a restart of the relay', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: forEveryone });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const text of ['one', 'two: grüße 👋']) {
    carol.send(fromStranger(text));
    assert.match(await carol.message(), /^SIP\/2\.0 202 Accepted\r\n/);
  }
  await relay.end();
  const again = await startWithUsers(t, [], { data: relay.data });
  const bob = await signIn(t, again.ports.ws, 'bob');
  assert.deepEqual(await takeAll(bob, 2), ['one', 'two: grüße 👋']);
});

/** A phone's request with its password; gives the answer. */
async function signed(phone, user, method, uri, write) {
  phone.send(write({}));
  const proof = authorization(await phone.message(), 'MD5', user, passwordOf(user), method, uri);
  phone.send(write({ CSeq: `2 ${method}`, ...proof }));
  return phone.message();
}

/** The header fields of a message; of those that are there several times the last. */
const fieldsOf = (text) => Object.fromEntries(head(text).split('\r\n').slice(1).map((line) => line.split(/: (.*)/s, 2)));

test('what waited through a restart comes as it was sent, each byte of it; what had no Date has that of its arrival', async (t) => {
  const before = await startWithUsers(t, ['alice', 'bob']);
  const alice = await tcpPhone(t, before.ports.tcp, { encoding: 'latin1' });
  const everyByte = String.fromCharCode(...Array(256).keys());
  const fields = {
    From: '"A. Lice" <sip:alice@example.test>;tag=88sja8x',
    To: `<sip:bob@${domain};of=note>`,
    Subject: 'each byte, "quoted"; and =some',
    'Content-Type': 'application/octet-stream;of="note"',
    'Content-Length': '256',
  };
  const dated = { Date: 'Sat, 13 Nov 2010 23:29:00 GMT', 'Call-ID': 'asd88asd77a@client.invalid', ...fields };
  const undated = { 'Call-ID': 'asd88asd77b@client.invalid', ...fields };
  const start = Math.floor(Date.now() / 1000) * 1000;
  for (const sent of [dated, undated]) {
    const write = (proof) => instantMessage('alice', 'bob', everyByte, { transport: 'TCP', ...sent, ...proof });
    assert.equal(status(await signed(alice, 'alice', 'MESSAGE', `sip:bob@${domain}`, write)), 202);
  }
  const accepted = Date.now();
  await before.end();

  const { ports } = await startWithUsers(t, [], { data: before.data });
  const bob = await tcpPhone(t, ports.tcp, { encoding: 'latin1' });
  const signIn = (proof) => register('bob', `sip:bob@127.0.0.1:${bob.port};transport=tcp`, { transport: 'TCP', ...proof });
  assert.equal(status(await signed(bob, 'bob', 'REGISTER', `sip:${domain}`, signIn)), 200);
  const take = async () => {
    const received = await bob.message();
    bob.send(ok(received));
    assert.equal(body(received), everyByte);
    const { Via, 'Max-Forwards': hops, 'Max-Breadth': breadth, ...rest } = fieldsOf(received); // what each hop writes
    return rest;
  };
  assert.deepEqual(await take(), { ...dated, CSeq: '2 MESSAGE' });
  const { Date: arrival, ...rest } = await take();
  assert.deepEqual(rest, { ...undated, CSeq: '2 MESSAGE' });
  assert.ok(Date.parse(arrival) >= start && Date.parse(arrival) <= accepted, arrival);
});

test('a relay that is killed while it answers loses nothing that it has answered 202', async (t) => {
  const users = ['bob'];
  let relay = await startWithUsers(t, users, { args: forEveryone });
  const { data } = relay;
  const accepted = [];
  for (let life = 0; life < 3; ++life) {
    const carol = await WebSocketClient.open(t, relay.ports.ws);
    const texts = Array.from({ length: 60 }, (_, i) => `${life}/${i}`);
    for (const text of texts) carol.send(fromStranger(text, { 'Call-ID': text }));
    // Killed when a third of the answers has come: the others are at every stage of their way.
    for (let i = 0; i < 20; ++i) {
      const answer = await carol.message();
      assert.equal(status(answer), 202);
      accepted.push(/^call-id: *(\S+)/im.exec(answer)[1]);
    }
    await relay.kill();
    relay = await startWithUsers(t, [], { data, args: forEveryone });
  }
  const bob = await signIn(t, relay.ports.ws, 'bob');
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const shown = [];
  const waiting = new Set(accepted);
  while (waiting.size) {
    const [text] = await takeAll(bob, 1);
    shown.push(text);
    waiting.delete(text);
  }
  carol.send(fromStranger('the last'));
  while (shown.at(-1) !== 'the last') shown.push(...(await takeAll(bob, 1)));
  assert.equal(new Set(shown).size, shown.length, 'something was shown twice');
  // Those of one connection stay in order.
  const order = shown.slice(0, -1).map((text) => text.split('/').map(Number));
  assert.deepEqual(order, [...order].sort(([a, b], [c, d]) => a - c || b - d));
});

test('a relay that is killed while it delivers delivers the rest, and at most one message again', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: forEveryone });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const texts = Array.from({ length: 30 }, (_, i) => `number ${i}`);
  for (const text of texts) {
    carol.send(fromStranger(text));
    assert.equal(status(await carol.message()), 202);
  }
  const bob = await signIn(t, relay.ports.ws, 'bob');
  const before = await takeAll(bob, 10);
  await relay.kill();
  const again = await startWithUsers(t, [], { data: relay.data, args: ['--drain-seconds', '1'] });
  const after = await takeAll(await signIn(t, again.ports.ws, 'bob'), 1);
  const first = texts.indexOf(after[0]);
  // The forgetting is committed a moment after the 2xx.
  assert.ok(first === before.length || first === before.length - 1, `${after[0]} came first`);
});

test('a phone that takes no messages does not take them from the browser that comes after it', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: forEveryone });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const text of ['one', 'two']) {
    carol.send(fromStranger(text));
    assert.equal(status(await carol.message()), 202);
  }
  const phone = await signIn(t, relay.ports.ws, 'bob');
  for (const text of ['one', 'two']) {
    const offered = await phone.message();
    assert.equal(body(offered), text);
    phone.send(ok(offered).replace('200 OK', '405 Method Not Allowed'));
  }
  assert.deepEqual(await takeAll(await signIn(t, relay.ports.ws, 'bob'), 2), ['one', 'two']);
});

test('a full mailbox says so, and the messages of an account that is removed go with it', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: [...forEveryone, '--mailbox-messages', '4'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const answers = [];
  for (const text of ['one', 'two', 'three']) {
    carol.send(fromStranger(text));
    answers.push(await carol.message());
  }
  assert.deepEqual(answers.map(status), [202, 202, 480]);
  assert.match(answers[2], /^SIP\/2\.0 480 Mailbox Full\r\n/);
  assert.match(answers[2], /\r\nRetry-After: 3600\r\n/);
  const account = ['user', 'remove', `bob@${domain}`, '--data', relay.data];
  assert.equal((await runProgram(t, account)).code, 0);
  const added = await runProgram(t, ['user', 'add', `bob@${domain}`, '--data', relay.data], { input: `${passwordOf('bob')}\n` });
  assert.equal(added.code, 0);
  const bob = await signIn(t, relay.ports.ws, 'bob');
  carol.send(fromStranger('for the new bob'));
  assert.deepEqual(await takeAll(bob, 1), ['for the new bob']);
});

test('strangers are not told who exists: what they write to users who are away is not stored', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const name of ['bob', 'nobody']) {
    carol.send(fromStranger('hello', { uri: `sip:${name}@${domain}`, To: `<sip:${name}@${domain}>` }));
    assert.match(await carol.message(), /^SIP\/2\.0 480 Temporarily Unavailable\r\n(?![^]*Retry-After)/);
  }

  const alice = await signIn(t, relay.ports.ws, 'alice');
  assert.equal(await writeToBob(alice, 'from a user'), 202);
  await relay.end();

  const trusting = await startWithUsers(t, [], { data: relay.data, args: ['--trusted', '127.0.0.1'] });
  const server = await tcpPhone(t, trusting.ports.tcp);
  server.send(fromStranger('by a trusted server', { transport: 'TCP' }));
  assert.equal(status(await server.message()), 202);
  const bob = await signIn(t, trusting.ports.ws, 'bob');
  assert.deepEqual(await takeAll(bob, 2), ['from a user', 'by a trusted server']);
});

test('strangers take half of a mailbox at most: its other half is for users', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: [...forEveryone, '--mailbox-messages', '4'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const answers = [];
  for (const text of ['one', 'two', 'three']) {
    carol.send(fromStranger(text));
    answers.push(await carol.message());
  }
  assert.deepEqual(answers.map(status), [202, 202, 480]);
  assert.match(answers[2], /^SIP\/2\.0 480 Mailbox Full\r\n[^]*\r\nRetry-After: 3600\r\n/);
  const alice = await signIn(t, relay.ports.ws, 'alice');
  const told = [];
  for (const text of ['four', 'five', 'six']) told.push(await writeToBob(alice, text));
  assert.deepEqual(told, [202, 202, 480]);
  assert.deepEqual(await takeAll(await signIn(t, relay.ports.ws, 'bob'), 4), ['one', 'two', 'four', 'five']);
});

test('when all that may be stored is, nobody gets more until something is delivered', async (t) => {
  const relay = await startWithUsers(t, ['bob', 'dave'], { args: ['--mailbox-megabytes', '1', '--trusted', '127.0.0.1'] });
  const server = await tcpPhone(t, relay.ports.tcp);
  const text = 'x'.repeat(60_000);
  let count = 0;
  const write = (to) => {
    server.send(instantMessage('carol', to, `${++count} ${text}`, { transport: 'TCP', From: '<sip:carol@example.net>;tag=1' }));
    return server.message();
  };
  for (let i = 0; i < 17; ++i) assert.equal(status(await write('bob')), 202); // 17 KiB are left of 1024
  for (const to of ['bob', 'dave']) assert.match(await write(to), /^SIP\/2\.0 480 Mailbox Full\r\n[^]*\r\nRetry-After: 3600\r\n/);
  const bob = await signIn(t, relay.ports.ws, 'bob');
  const delivered = await takeAll(bob, 17);
  assert.deepEqual(delivered.map((each) => Number(each.split(' ', 1))), Array.from({ length: 17 }, (_, i) => i + 1));
  // By then the last 200 has been dealt with.
  bob.send(request('OPTIONS', { from: 'bob', to: 'relay' }));
  assert.equal(status(await bob.message()), 200);
  assert.equal(status(await write('dave')), 202);
  assert.deepEqual((await takeAll(await signIn(t, relay.ports.ws, 'dave'), 1)).map((each) => Number(each.split(' ', 1))), [count]);
});

test('where the mailbox is off, or nobody has to sign in, nothing is stored', async (t) => {
  const off = await startWithUsers(t, ['bob'], { args: ['--mailbox', 'off'] });
  const open = await startRelay(t, ['--data', off.data, ...forEveryone]);
  for (const relay of [off, open]) {
    const carol = await WebSocketClient.open(t, relay.ports.ws);
    carol.send(fromStranger('hello'));
    assert.equal(status(await carol.message()), 480);
  }
});

test('what tells that somebody is typing is not stored, by itself or in CPIM (RFC 3994 3.3)', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--metrics', '127.0.0.1:0'] });
  const alice = await signIn(t, relay.ports.ws, 'alice');
  const typing = 'application/im-iscomposing+xml';
  const document = '<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
  const inCpim = (type, text) => ({ 'Content-Type': 'message/cpim', body: `From: <sip:alice@${domain}>\r\n\r\nContent-Type: ${type}\r\n\r\n${text}` });
  const write = async ({ body, ...fields }) => {
    alice.send(instantMessage('alice', 'bob', body, fields));
    const proof = authorization(await alice.message(), 'SHA-256', 'alice', passwordOf('alice'), 'MESSAGE', `sip:bob@${domain}`);
    alice.send(instantMessage('alice', 'bob', body, { ...fields, CSeq: '2 MESSAGE', ...proof }));
    return status(await alice.message());
  };
  const stored = async () => Number(/^sipmsg_stored_messages (\d+)$/m.exec((await ask(servicePort(relay, 'metrics'), '/metrics')).text)[1]);
  for (const sent of [{ 'Content-Type': typing, body: document }, inCpim(typing, document)]) assert.equal(await write(sent), 480);
  assert.equal(await stored(), 0);
  assert.equal(await write(inCpim('text/plain', 'hello')), 202);
  assert.equal(await stored(), 1);
});
