import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordOf } from '../support/relay.mjs';
import { authorization, body, instantMessage, ok, register, status } from '../support/sip.mjs';
import { aliceAndBob, startPage } from './page.mjs';
import { startPhone } from './phone.mjs';

/** A phone at a UDP port that signs what it is asked to sign. */
async function registeredPhone(t, relay, user) {
  const phone = await startPhone(t, relay);
  const { over } = phone;
  const signed = async (method, uri, make) => {
    phone.send(make({}));
    const refusal = await phone.message();
    phone.send(make({ CSeq: `2 ${method}`, ...authorization(refusal, 'MD5', user, passwordOf(user), method, uri) }));
  };
  await signed('REGISTER', 'sip:example.test', (extra) =>
    register(user, `sip:${user}@127.0.0.1:${phone.port}`, { ...over, ...extra }),
  );
  assert.equal(status(await phone.message()), 200);
  return {
    ...phone,
    write: (to, text) =>
      signed('MESSAGE', `sip:${to}@example.test`, (extra) => instantMessage(user, to, text, { ...over, ...extra })),
  };
}

test('Chromium and Firefox exchange messages with each other and with a UDP phone', async (t) => {
  const relay = await startPage(t, ['alice', 'bob', 'phone']);
  const { alice, bob } = await aliceAndBob(t, relay);

  await alice.write('Hello, Bob: https://example.org/ <b>not bold</b>');
  await bob.reads('Hello, Bob: https://example.org/ <b>not bold</b>');
  assert.equal(await alice.state('Hello, Bob: https://example.org/ <b>not bold</b>', 'delivered'), 'Delivered');
  assert.equal(await bob.see((all) => all('.body a').map((link) => link.href)[0]), 'https://example.org/');
  await bob.write('こんにちは、アリス 👋');
  await alice.reads('こんにちは、アリス 👋');

  const phone = await registeredPhone(t, relay, 'phone');
  await phone.write('alice', 'from the phone');
  await (await alice.element('[data-peer="sip:phone@example.test"]')).click();
  await alice.reads('from the phone');
  assert.equal(status(await phone.message('the answer')), 200);
  await alice.write('to the phone');
  // Whoever begins to type asks what the other one takes (RFC 3261 11). This phone says nothing about that.
  const question = await phone.message('the question');
  assert.match(question, /^OPTIONS /);
  phone.send(ok(question));
  const received = await phone.message('the message');
  assert.equal(body(received), 'to the phone');
  phone.send(ok(received));
  await alice.state('to the phone', 'delivered');

  assert.deepEqual([...alice.errors, ...bob.errors], []);
});

test('a relay that is killed and started again mid-conversation loses and doubles nothing', async (t) => {
  const relay = await startPage(t);
  const { alice, bob } = await aliceAndBob(t, relay);
  const spoken = [];
  const say = async (text) => {
    spoken.push(text);
    await alice.write(text);
  };
  for (const text of ['one', 'two']) await say(text);
  await bob.reads('two');
  // These are on their way when the relay dies.
  for (const text of ['three', 'four']) await say(text);
  await relay.kill();
  await alice.connection('reconnecting');
  await bob.connection('reconnecting');
  await say('five');
  await alice.state('five', 'queued');
  await bob.write('from bob, too');
  await startPage(t, [], { data: relay.data, ports: relay.ports });
  // Whoever is back first writes to somebody who is not: that is stored.
  for (const text of spoken) await alice.state(text, 'stored', 'delivered');
  await bob.state('from bob, too', 'stored', 'delivered');
  await bob.reads('five');
  await alice.reads('from bob, too');
  assert.deepEqual(await bob.texts('in'), spoken);
  assert.deepEqual(await alice.texts('out'), spoken);
  assert.deepEqual(await alice.texts('in'), ['from bob, too']);
});

test('a reload keeps log-in and conversation, and sends what was waiting', async (t) => {
  const relay = await startPage(t);
  const { alice, bob } = await aliceAndBob(t, relay);
  await alice.write('before');
  await alice.state('before', 'delivered');
  await bob.write('an answer');
  await alice.reads('an answer');
  assert.ok(!alice.page.url().includes('password'), 'the password has left the address bar');

  await relay.kill();
  await alice.connection('reconnecting');
  await alice.write('while it is away');
  await alice.state('while it is away', 'queued');
  for (const text of ['an answer', 'while it is away']) await alice.keeps(text);
  // The page comes from the same relay, so it has to be there for the reload; bob's tab stays as it is.
  await startPage(t, [], { data: relay.data, ports: relay.ports });
  await alice.page.reload();
  await alice.connection('connected');
  await alice.state('while it is away', 'stored', 'delivered');
  await bob.reads('while it is away');
  assert.deepEqual(await alice.texts('out'), ['before', 'while it is away']);
  assert.deepEqual(await alice.texts('in'), ['an answer']);
  assert.deepEqual(await bob.texts('in'), ['before', 'while it is away']);
});
