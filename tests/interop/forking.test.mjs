// Requests to a user who has several phones, each somebody else's program (RFC 3261 16.6, 16.7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { Baresip } from './baresip.mjs';
import { signIn } from './jssip.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';
import { Sipp } from './sipp.mjs';

async function startBoth(t) {
  const relay = await startWithUsers(t, ['alice', 'phone'], { args: ['--drain-seconds', '1'] });
  return { relay, alice: await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice') };
}

/** SIPp as one phone of the user over TCP. */
async function sippPhone(t, relay, scenario) {
  const sipp = await Sipp.start(t, relay, { name: 'register', user: 'phone', transport: 'tcp', uri: 'example.test', ...scenario });
  await sipp.says(/^registered$/m);
  return sipp;
}

/** baresip as the other, over UDP. */
async function baresipPhone(t, relay, more) {
  const baresip = Baresip.start(t, relay, 'phone', 'alice', more);
  await baresip.registers();
  return baresip;
}

test('a call rings at both phones of its user; one answers, and the other is told by CANCEL', async (t) => {
  const { relay, alice } = await startBoth(t);
  const ringing = await sippPhone(t, relay, { outOfCall: 'ring' });
  const answering = await baresipPhone(t, relay);
  const call = alice.call('phone');
  await answering.isCalled('alice');
  await Promise.all([answering.accepts(), call.answered]);
  await ringing.succeeds();
  await call.hangUp();
  await answering.isLeft();
  await answering.quits();
});

test('a call that the phone of the higher q refuses goes on to the next', async (t) => {
  const { relay, alice } = await startBoth(t);
  const answering = await baresipPhone(t, relay, ';regq=0.5');
  const busy = await sippPhone(t, relay, { outOfCall: 'busy', contact: ';q=0.9' });
  const call = alice.call('phone');
  await busy.succeeds();
  await answering.isCalled('alice');
  await Promise.all([answering.accepts(), call.answered]);
  answering.hangsUp();
  await call.ended;
  await answering.quits();
});

test('a call that every phone refuses is refused, by what one of them said', async (t) => {
  const { relay, alice } = await startBoth(t);
  const phones = [await sippPhone(t, relay, { outOfCall: 'busy', contact: ';q=0.9' }), await sippPhone(t, relay, { outOfCall: 'busy', contact: ';q=0.5' })];
  await assert.rejects(alice.call('phone').answered, /Busy/);
  for (const each of phones) await each.succeeds();
});

test('a message reaches all devices of its recipient, and is delivered once for its sender', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const phone = await Phone.registered(t, relay, 'bob');
  const [alice, browser] = [await SdkClient.connected(t, relay.ports.ws, 'alice'), await SdkClient.connected(t, relay.ports.ws, 'bob')];
  await Promise.all([alice.delivers('bob', 'to all of you'), browser.receives('alice', 'to all of you'), phone.receivesText('to all of you')]);
});
