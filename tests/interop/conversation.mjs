// What somebody else's SIP stack for browsers and a phone on UDP have to say to each other through the relay.
import assert from 'node:assert/strict';
import { startWithUsers } from '../support/relay.mjs';
import { Phone } from './phone.mjs';

/**
 * `signIn(t, url, user)` gives the stack as
 * { delivers(user, text), message(), subscribed(user): { notification() }, call(user): { answered, ended }, incoming(): { answer(), hangUp() } }.
 */
export async function converse(t, signIn) {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--drain-seconds', '1'] });
  await converseBetween(t, await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice'), await Phone.registered(t, relay, 'bob'));
}

/** Likewise between that stack, as alice, and the phone of bob, whoever they are registered with. */
export async function converseBetween(t, alice, bob) {
  await t.test('MESSAGE both ways', async () => {
    const delivered = alice.delivers('bob', 'to the phone: grüße 👋');
    await bob.receivesText('to the phone: grüße 👋');
    await delivered;
    const [message] = await Promise.all([alice.message(), bob.sends('alice', 'from the phone: こんにちは')]);
    assert.deepEqual(message, { from: 'bob', body: 'from the phone: こんにちは' });
  });

  await t.test('SUBSCRIBE, and a NOTIFY in the dialog that it forms', async () => {
    const subscription = alice.subscribed('bob');
    const subscribe = await bob.receives('SUBSCRIBE');
    bob.answers(subscribe, 200);
    const fields = { Event: 'presence', 'Subscription-State': 'active;expires=600', 'Content-Type': 'text/plain', body: 'here' };
    const [notification] = await Promise.all([subscription, bob.asks(bob.dialogOf(subscribe), 'NOTIFY', fields)]);
    assert.equal(notification, 'here');
  });

  await t.test('a call from the browser, answered and hung up by the phone', async () => {
    const call = alice.call('bob');
    const invite = await bob.receives('INVITE');
    bob.answers(invite, 180);
    bob.answers(invite, 200, { withSdp: true });
    await bob.receives('ACK');
    await call.answered;
    await bob.asks(bob.dialogOf(invite), 'BYE');
    await call.ended;
  });

  await t.test('a call from the phone, answered and hung up by the browser', async () => {
    const answered = alice.incoming().then(async (call) => (await call.answer(), call));
    const [call] = await Promise.all([answered, bob.calls('alice')]);
    const hungUp = call.hangUp();
    bob.answers(await bob.receives('BYE'), 200);
    await hungUp;
  });
}
