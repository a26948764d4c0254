import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../support/npm.mjs';
import { startWithUsers } from '../support/relay.mjs';
import { body } from '../support/sip.mjs';
import { converse, converseSecurely } from './conversation.mjs';
import { Phone } from './phone.mjs';
import { signIn } from './sipjs.mjs';

const { SIPExtension } = await load('sip.js');

test('SIP.js signs in, writes, subscribes and calls through the relay', (t) => converse(t, signIn));

test('SIP.js signs in, writes, subscribes and calls over a secure WebSocket, by a certificate of an authority that it believes', (t) => converseSecurely(t, signIn));

async function signInBoth(t, users, options) {
  const relay = await startWithUsers(t, users, { args: ['--drain-seconds', '1'] });
  return { relay, alice: await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice', options) };
}

test('SIP.js acknowledges by PRACK that a phone rings, through the relay (RFC 3262)', async (t) => {
  const { relay, alice } = await signInBoth(t, ['alice', 'bob'], { sipExtension100rel: SIPExtension.Required });
  const bob = await Phone.registered(t, relay, 'bob');
  const call = alice.call('bob');
  const invite = await bob.receives('INVITE');
  bob.answers(invite, 183, { withSdp: true, fields: { Require: '100rel', RSeq: '1' } });
  const prack = await bob.receives('PRACK');
  assert.match(prack, /^RAck: 1 \d+ INVITE\r$/m);
  bob.answers(prack, 200);
  bob.answers(invite, 200);
  await bob.receives('ACK');
  await call.answered;
  await bob.asks(bob.dialogOf(invite), 'BYE');
  await call.ended;
});

test('PUBLISH of SIP.js reaches who has registered for its user, through the relay (RFC 3903)', async (t) => {
  const { relay, alice } = await signInBoth(t, ['alice']);
  const server = await Phone.registered(t, relay, 'alice', { contact: ';q=0.1' });
  const published = alice.publishes('here');
  const publish = await server.receives('PUBLISH');
  assert.equal(body(publish), 'here');
  server.answers(publish, 200, { fields: { 'SIP-ETag': 'one', Expires: 600 } });
  await published;
});
