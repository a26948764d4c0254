import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { SdkClient } from './sdk_client.mjs';
import { Sipp } from './sipp.mjs';

/** SIPp as the phone, at an address, and the client of alice write to each other. */
async function exchange(t, relay, transport, host) {
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const phone = (scenario) => Sipp.start(t, relay, { user: 'phone', transport, host, ...scenario });

  const sender = await phone({ name: 'send', uri: 'alice@example.test' });
  await sender.succeeds();
  await alice.receives('phone', 'from the phone: こんにちは');

  const receiver = await phone({ name: 'register', uri: 'example.test', outOfCall: 'receive' });
  await receiver.says(/^registered$/m);
  await alice.delivers('phone', 'to the phone: grüße 👋');
  await receiver.succeeds();
}

for (const [transport, threads] of [['udp', 0], ['tcp', 0], ['tcp', 2]])
  test(`SIPp registers over ${transport} with a password and exchanges messages with a browser's client, with ${threads} threads of input and output`, async (t) => {
    const relay = await startWithUsers(t, ['alice', 'phone'], { args: ['--io-threads', `${threads}`] });
    await exchange(t, relay, transport);
  });

for (const transport of ['udp', 'tcp'])
  test(`SIPp at an IPv6 address registers over ${transport} with a password and exchanges messages with a browser's client at an IPv4 one`, async (t) => {
    const relay = await startWithUsers(t, ['alice', 'phone'], { args: [`--${transport}`, '[::1]:0'] });
    await exchange(t, relay, transport, '::1');
  });

for (const transport of ['udp', 'tcp'])
  test(`SIPp registers over ${transport} and gets the message that was kept for it`, async (t) => {
    const relay = await startWithUsers(t, ['alice', 'phone']);
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    await alice.leaves('phone', 'to the phone: grüße 👋');
    const receiver = await Sipp.start(t, relay, { name: 'register', user: 'phone', transport, uri: 'example.test', outOfCall: 'receive' });
    await receiver.succeeds();
  });
