import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { Linphone } from './linphone.mjs';
import { SdkClient } from './sdk_client.mjs';

for (const transport of ['udp', 'tcp'])
  test(`Linphone registers over ${transport} with a password and exchanges messages with a browser's client`, async (t) => {
    const relay = await startWithUsers(t, ['alice', 'phone']);
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    const phone = Linphone.start(t, relay, 'phone', transport);
    await phone.registers();
    await phone.write('alice', 'from the phone: こんにちは');
    await alice.receives('phone', 'from the phone: こんにちは');
    await alice.delivers('phone', 'to the phone: grüße 👋');
    await phone.receives('alice', 'to the phone: grüße 👋');
  });
