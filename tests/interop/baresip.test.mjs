import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { Baresip } from './baresip.mjs';
import { SdkClient } from './sdk_client.mjs';

test("baresip registers over UDP with a password and exchanges messages with a browser's client", async (t) => {
  const relay = await startWithUsers(t, ['alice', 'phone']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const phone = Baresip.start(t, relay, 'phone', 'alice');
  await phone.registers();

  await phone.write('from the phone: こんにちは');
  await alice.receives('phone', 'from the phone: こんにちは');

  await alice.delivers('phone', 'to the phone: grüße 👋');
  await phone.receives('alice', 'to the phone: grüße 👋');
  await phone.quits();
});

test('what a browser writes while baresip is not there is kept, and comes in order when it registers', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'phone']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await alice.leaves('phone', 'one: grüße 👋');
  await alice.leaves('phone', 'two');
  const phone = Baresip.start(t, relay, 'phone', 'alice');
  await phone.registers();
  await phone.receives('alice', 'one: grüße 👋');
  await phone.receives('alice', 'two');
  await alice.follows('phone', 'three');
  await phone.receives('alice', 'three');
  await phone.quits();
});
