import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { ok, register, request, status } from '../support/sip.mjs';
import { preloaded } from './preloaded.mjs';

/** Fifteen seconds of the relay's are one. */
const hurry = 15;
const startHurried = (t) => startRelay(t, ['--drain-seconds', '1'], { env: { ...preloaded('hurried_clock'), SIPMSG_HURRY: `${hurry}` } });

/** What the relay's clock says, in seconds. */
const secondsOfRelay = () => (Number(process.hrtime.bigint()) / 1e9) * hurry;

/** Over TCP, where nobody is pinged. */
async function phone(t, relay, user, { q = '1.0' } = {}) {
  const client = await tcpPhone(t, relay.ports.tcp);
  const uri = `sip:${user}@127.0.0.1:${client.port};transport=tcp`;
  client.send(register(user, uri, { transport: 'TCP', Contact: `<${uri}>;q=${q}` }));
  assert.equal(status(await client.message()), 200);
  return { ...client, uri };
}

const answer = (received, line) => ok(received).replace('SIP/2.0 200 OK', `SIP/2.0 ${line}`);

/** A call, as the phone that rings has it. */
async function ring(caller, callee) {
  caller.send(request('INVITE', { transport: 'TCP', uri: 'sip:bob@example.test', from: 'alice', to: 'bob', Contact: `<${caller.uri}>` }));
  assert.equal(status(await caller.message()), 100);
  const invite = await callee.message('the INVITE');
  callee.send(answer(invite, '180 Ringing'));
  assert.equal(status(await caller.message()), 180);
  return invite;
}

/** As a phone does that is told by CANCEL to stop. */
async function isCancelled(callee, invite) {
  const cancel = await callee.message('the CANCEL');
  assert.match(cancel, /^CANCEL /);
  callee.send(ok(cancel));
  callee.send(answer(invite, '487 Request Terminated'));
  assert.match(await callee.message('the ACK'), /^ACK /);
}

test('a call that rings for three minutes and nobody takes is cancelled, and its caller is told (RFC 3261 16.8)', async (t) => {
  const relay = await startHurried(t);
  const [alice, bob] = [await phone(t, relay, 'alice'), await phone(t, relay, 'bob')];
  const start = secondsOfRelay();
  const invite = await ring(alice, bob);
  await isCancelled(bob, invite);
  assert.ok(secondsOfRelay() - start > 180, 'it rang for less than three minutes');
  assert.equal(status(await alice.message()), 487);
});

test('a phone that rings and is not taken gives way to the next, of a lower q, which is answered', async (t) => {
  const relay = await startHurried(t);
  const alice = await phone(t, relay, 'alice');
  const [first, second] = [await phone(t, relay, 'bob', { q: '0.9' }), await phone(t, relay, 'bob', { q: '0.5' })];
  const invite = await ring(alice, first);
  await isCancelled(first, invite);
  second.send(ok(await second.message('the INVITE')));
  assert.equal(status(await alice.message()), 200);
});
