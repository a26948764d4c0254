import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { signIn as signInJsSip } from './jssip.mjs';
import { Linphone } from './linphone.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';
import { signIn as signInSipJs } from './sipjs.mjs';

test("what one browser's client writes to another one that is not there waits, through the death of the relay", async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await alice.leaves('bob', 'one: grüße 👋');
  await alice.leaves('bob', 'two');
  await relay.kill();
  await startWithUsers(t, [], { data: relay.data, ports: relay.ports });
  const bob = await SdkClient.connected(t, relay.ports.ws, 'bob');
  await bob.receives('alice', 'one: grüße 👋');
  await bob.receives('alice', 'two');
});

test('of twenty messages that wait, each is shown once and in order, though the relay dies while they are handed over', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const texts = Array.from({ length: 20 }, (_, number) => `number ${number}`);
  for (const text of texts) await alice.leaves('bob', text);
  const bob = await SdkClient.connected(t, relay.ports.ws, 'bob');
  for (const text of texts.slice(0, 5)) await bob.receives('alice', text);
  await relay.kill();
  await startWithUsers(t, [], { data: relay.data, ports: relay.ports });
  for (const text of texts.slice(5)) await bob.receives('alice', text);
  await alice.follows('bob', 'the last');
  await bob.receives('alice', 'the last');
});

/** Two messages that wait for alice, whom bob's phone wrote them to. It answers no receipts, which Linphone sends. */
async function startWithMail(t) {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--drain-seconds', '1'] });
  const bob = await Phone.registered(t, relay, 'bob');
  for (const text of ['one: grüße 👋', 'two']) await bob.sends('alice', text, 202);
  return { relay, bob };
}

for (const [name, signIn] of [['JsSIP', signInJsSip], ['SIP.js', signInSipJs]])
  test(`what a phone wrote while ${name} was not there comes in order when it signs in, and once`, async (t) => {
    const { relay, bob } = await startWithMail(t);
    const url = `ws://127.0.0.1:${relay.ports.ws}/`;
    const alice = await signIn(t, url, 'alice');
    assert.deepEqual(await alice.message(), { from: 'bob', body: 'one: grüße 👋' });
    assert.deepEqual(await alice.message(), { from: 'bob', body: 'two' });
    const [, three] = await Promise.all([bob.follows('alice', 'three'), alice.message()]);
    assert.deepEqual(three, { from: 'bob', body: 'three' });
  });

test('what a phone wrote while Linphone was not there comes in order when it registers', async (t) => {
  const { relay } = await startWithMail(t);
  const alice = Linphone.start(t, relay, 'alice', 'tcp');
  await alice.receives('bob', 'one: grüße 👋');
  await alice.receives('bob', 'two');
});
