import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { converse, converseSecurely } from './conversation.mjs';
import { signIn } from './jssip.mjs';
import { Phone } from './phone.mjs';

for (const threads of [0, 2])
  test(`JsSIP signs in, writes, subscribes and calls through the relay, which has ${threads} threads of input and output`, (t) =>
    converse(t, signIn, ['--io-threads', `${threads}`]));

test('JsSIP signs in, writes, subscribes and calls over a secure WebSocket, by a certificate of an authority that it believes', (t) => converseSecurely(t, signIn));

test('JsSIP negotiates media anew by UPDATE, through the relay (RFC 3311)', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--drain-seconds', '1'] });
  const alice = await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice');
  const bob = await Phone.registered(t, relay, 'bob');
  const call = alice.call('bob');
  const invite = await bob.receives('INVITE');
  bob.answers(invite, 200, { withSdp: true });
  await bob.receives('ACK');
  await call.answered;
  const updated = call.updates();
  bob.answers(await bob.receives('UPDATE'), 200, { withSdp: true });
  await updated;
  await bob.asks(bob.dialogOf(invite), 'UPDATE', { 'Session-Expires': '1800;refresher=uac' });
  await bob.asks(bob.dialogOf(invite), 'BYE');
  await call.ended;
});
