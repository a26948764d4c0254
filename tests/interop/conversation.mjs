// What somebody else's SIP stack for browsers and a phone on UDP have to say to each other through the relay.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { makeAuthority } from '../support/certificate.mjs';
import { startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { body } from '../support/sip.mjs';
import { believe } from './browser.mjs';
import { Phone } from './phone.mjs';

/**
 * `signIn(t, url, user)` gives the stack as
 * { delivers(user, text), message(), subscribe(user): { accepted(), notification(), end() },
 * call(user): { answered, ended, tells(text), writes(text), refers(user) }, ring(user): { rings(), givesUp() },
 * incoming(): { answer(), isCancelled(), info(), referred(), hangUp() } }.
 */
export async function converse(t, signIn, args = [], transport = 'ws') {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--drain-seconds', '1', ...args] });
  const url = `${transport}://127.0.0.1:${relay.ports[transport]}/`;
  await converseBetween(t, await signIn(t, url, 'alice'), await Phone.registered(t, relay, 'bob'));
}

/** Likewise over a secure WebSocket. */
export function converseSecurely(t, signIn) {
  const authority = makeAuthority(temporaryDirectory());
  const { certificate, key } = authority.issue('relay', 'IP:127.0.0.1');
  believe(readFileSync(authority.certificate));
  return converse(t, signIn, ['--wss', '127.0.0.1:0', '--certificate', certificate, '--private-key', key], 'wss');
}

const expires = (seconds) => ({ fields: { Expires: seconds } });

/** That who was referred has been answered (RFC 3515 2.4.5). */
const referral = {
  Event: 'refer',
  'Subscription-State': 'terminated;reason=noresource',
  'Content-Type': 'message/sipfrag;version=2.0',
  body: 'SIP/2.0 200 OK',
};

/** Likewise between that stack, as alice, and the phone of bob, whoever they are registered with. */
export async function converseBetween(t, alice, bob) {
  const to = bob.address;
  await t.test('MESSAGE both ways', async () => {
    const delivered = alice.delivers(to, 'to the phone: grüße 👋');
    await bob.receivesText('to the phone: grüße 👋');
    await delivered;
    const [message] = await Promise.all([alice.message(), bob.sends('alice@example.test', 'from the phone: こんにちは')]);
    assert.deepEqual(message, { from: 'bob', body: 'from the phone: こんにちは' });
  });

  await t.test('SUBSCRIBE, then a NOTIFY and the SUBSCRIBE that ends it, in the dialog that it forms', async () => {
    const subscription = alice.subscribe(to);
    const subscribe = await bob.receives('SUBSCRIBE');
    bob.answers(subscribe, 200, expires(600));
    await subscription.accepted(); // a NOTIFY by another connection may overtake that: not everybody is prepared for it (RFC 6665 4.1.2.4)
    const fields = { Event: 'presence', 'Subscription-State': 'active;expires=600', 'Content-Type': 'text/plain', body: 'here' };
    const [notification] = await Promise.all([subscription.notification(), bob.asks(bob.dialogOf(subscribe), 'NOTIFY', fields)]);
    assert.equal(notification, 'here');
    subscription.end();
    const last = await bob.receives('SUBSCRIBE');
    assert.match(last, /^To: .*;tag=/m);
    assert.match(last, /^Expires: 0\r$/m);
    bob.answers(last, 200, expires(0));
    await bob.asks(bob.dialogOf(subscribe), 'NOTIFY', { Event: 'presence', 'Subscription-State': 'terminated;reason=timeout' });
  });

  await t.test('a call from the browser that is answered, told something by INFO and MESSAGE and to go on to another by REFER, and hung up by the phone', async () => {
    const call = alice.call(to);
    const invite = await bob.receives('INVITE');
    bob.answers(invite, 180);
    bob.answers(invite, 200, { withSdp: true });
    await bob.receives('ACK');
    await call.answered;
    const told = call.tells('from the browser');
    const info = await bob.receives('INFO');
    assert.equal(body(info), 'from the browser');
    bob.answers(info, 200);
    await told;
    const written = call.writes('within the call: grüße 👋');
    const message = await bob.receives('MESSAGE');
    assert.match(message, /^To: .*;tag=/m);
    assert.equal(body(message), 'within the call: grüße 👋');
    bob.answers(message, 200);
    await written;
    const referred = call.refers('carol');
    const refer = await bob.receives('REFER');
    assert.match(refer, /^Refer-To: <?sip:carol@example\.test>?\r$/m);
    bob.answers(refer, 202);
    await Promise.all([referred, bob.asks(bob.dialogOf(invite), 'NOTIFY', referral)]);
    await bob.asks(bob.dialogOf(invite), 'BYE');
    await call.ended;
  });

  await t.test('a call from the phone, which tells the browser that answers it likewise, and is hung up', async () => {
    const answered = alice.incoming().then(async (call) => (await call.answer(), call));
    const [call, dialog] = await Promise.all([answered, bob.calls('alice@example.test')]);
    const [heard] = await Promise.all([call.info(), bob.asks(dialog, 'INFO', { 'Content-Type': 'text/plain', body: 'from the phone' })]);
    assert.equal(heard, 'from the phone');
    const [target] = await Promise.all([call.referred(), bob.asks(dialog, 'REFER', { 'Refer-To': '<sip:carol@example.test>' }, 202)]);
    assert.equal(target, 'carol');
    await bob.hearsEndOf('refer');
    const hungUp = call.hangUp();
    bob.answers(await bob.receives('BYE'), 200);
    await hungUp;
  });
  await t.test('a call from the browser, and one from the phone, that are given up while they ring', async () => {
    const call = alice.ring(to);
    const invite = await bob.receives('INVITE');
    bob.answers(invite, 180);
    assert.equal(await call.rings(), 180);
    const givenUp = call.givesUp();
    await bob.isCancelled(invite);
    await givenUp;
    const cancelled = alice.incoming().then((incoming) => incoming.isCancelled());
    await Promise.all([cancelled, bob.callsInVain('alice@example.test')]);
  });
}
