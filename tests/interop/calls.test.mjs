// Calls between phones that are other people's programs, by way of the relay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { Baresip } from './baresip.mjs';
import { signIn as signInJsSip } from './jssip.mjs';
import { Phone } from './phone.mjs';
import { signIn as signInSipJs } from './sipjs.mjs';
import { Sipp } from './sipp.mjs';

/** A relay waits as long for what may still come of a call that was answered (RFC 6026). */
const args = ['--drain-seconds', '1'];

/** SIPp calls SIPp, as the scenarios `caller` and `callee` have it. */
async function callBetween(t, relay, transport, { caller = 'call', callee = 'answer', callerHost, calledHost }) {
  const called = await Sipp.start(t, relay, { name: 'register', user: 'phone', transport, uri: 'example.test', outOfCall: callee, host: calledHost });
  await called.says(/^registered$/m);
  const calling = await Sipp.start(t, relay, { name: caller, user: 'caller', transport, uri: 'phone@example.test', host: callerHost });
  await calling.succeeds();
  await called.succeeds();
}

for (const transport of ['udp', 'tcp'])
  for (const [what, caller, callee] of [
    ['answers, gets a message within the call, and is hung up', 'call', 'answer'],
    ['rings until the caller has enough', 'cancel', 'ring'],
  ])
    test(`SIPp calls SIPp over ${transport}: it ${what}`, async (t) => {
      const relay = await startWithUsers(t, ['caller', 'phone'], { args });
      await callBetween(t, relay, transport, { caller, callee });
    });

for (const [transport, callerHost, calledHost] of [['udp', '::1', '127.0.0.1'], ['tcp', '127.0.0.1', '::1']])
  test(`SIPp at ${callerHost} calls SIPp at ${calledHost} over ${transport}: it answers, gets a message within the call, and is hung up`, async (t) => {
    const relay = await startWithUsers(t, ['caller', 'phone'], { args: [...args, `--${transport}`, '[::1]:0'] });
    await callBetween(t, relay, transport, { callerHost, calledHost });
  });

test('baresip calls baresip: it rings, is answered, and is hung up', async (t) => {
  const relay = await startWithUsers(t, ['caller', 'phone'], { args });
  const caller = Baresip.start(t, relay, 'caller', 'phone');
  const phone = Baresip.start(t, relay, 'phone', 'caller');
  await caller.registers();
  await phone.registers();
  const calling = caller.calls('phone');
  await phone.isCalled('caller');
  await Promise.all([phone.accepts(), calling]);
  caller.hangsUp();
  await phone.isLeft();
  for (const each of [caller, phone]) await each.quits();
});

test('JsSIP and SIP.js call each other: they answer, are told something within the call, and hang up', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'carol'], { args });
  const url = `ws://127.0.0.1:${relay.ports.ws}/`;
  const [alice, carol] = [await signInJsSip(t, url, 'alice'), await signInSipJs(t, url, 'carol')];
  const outgoing = alice.call('carol');
  const atCarol = await carol.incoming();
  await Promise.all([atCarol.answer(), outgoing.answered]);
  const [info] = await Promise.all([atCarol.info(), outgoing.tells('by INFO: grüße 👋')]);
  const [message] = await Promise.all([atCarol.message(), outgoing.writes('by MESSAGE: こんにちは')]);
  assert.deepEqual([info, message], ['by INFO: grüße 👋', 'by MESSAGE: こんにちは']);
  await Promise.all([outgoing.isLeft(), atCarol.hangUp()]);

  const back = carol.call('alice');
  const atAlice = await alice.incoming();
  await Promise.all([atAlice.answer(), back.answered]);
  const [told] = await Promise.all([atAlice.info(), back.tells('and back')]);
  assert.equal(told, 'and back');
  await Promise.all([back.ended, atAlice.hangUp()]);
});

test('a call goes on after a restart of the relay, and is hung up', async (t) => {
  const relay = await startWithUsers(t, ['caller', 'phone'], { args });
  const caller = await Phone.registered(t, relay, 'caller');
  const phone = await Phone.registered(t, relay, 'phone');
  const calling = caller.calls('phone');
  const invite = await phone.receives('INVITE');
  phone.answers(invite, 200, { withSdp: true });
  const dialog = await calling;
  await phone.receives('ACK');
  await relay.end();

  await startWithUsers(t, [], { data: relay.data, ports: relay.ports, args });
  const informing = caller.asks(dialog, 'INFO');
  phone.answers(await phone.receives('INFO'), 200);
  await informing;
  const hangingUp = phone.asks(phone.dialogOf(invite), 'BYE');
  caller.answers(await caller.receives('BYE'), 200);
  await hangingUp;
});
