// The relay as the edge proxy in front of Asterisk, and beside it, by the configurations in docs/operating.md. Debian 12 has no Asterisk, so this
// is run by hand where there is one:
//     ASTERISK=/usr/sbin/asterisk ASTERISK_MODULES=/usr/lib/asterisk/modules node --test tests/interop/with_asterisk.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapted, block } from '../support/manual.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay } from '../support/relay.mjs';
import { startAsterisk } from './asterisk.mjs';
import { signIn } from './jssip.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';

async function startBoth(t, transport) {
  const asterisk = await startAsterisk(t, ['alice', 'bob']);
  const upstream = `example.test=sip:127.0.0.1:${asterisk.port};transport=${transport}`;
  const relay = await startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--drain-seconds', '1', '--upstream', upstream]);
  return { asterisk, relay };
}

for (const transport of ['udp', 'tcp']) {
  test(`a browser registers with Asterisk by way of the relay over ${transport.toUpperCase()}, and writes both ways`, async (t) => {
    const { asterisk, relay } = await startBoth(t, transport);
    const bob = await Phone.registeredAt(t, asterisk.port, 'bob');
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    await Promise.all([bob.sends('alice', 'from the phone', 202), alice.receives('bob', 'from the phone')]);
    await Promise.all([alice.leaves('bob', 'from the browser'), bob.receivesText('from the browser')]);
  });
}

test('a browser that comes back over another connection is reached there', async (t) => {
  const { asterisk, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, asterisk.port, 'bob');
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await alice.vanishes();
  await alice.comesBack();
  assert.equal((await asterisk.contacts('alice')).length, 1);
  await Promise.all([bob.sends('alice', 'to the new flow', 202), alice.receives('bob', 'to the new flow')]);
});

test('the page that was opened last is reached', async (t) => {
  const { asterisk, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, asterisk.port, 'bob');
  const closed = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await closed.vanishes();
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await Promise.all([bob.sends('alice', 'to the new page', 202), alice.receives('bob', 'to the new page')]);
});

test('JsSIP behind the relay and a phone at Asterisk call each other', async (t) => {
  const { asterisk, relay } = await startBoth(t, 'udp');
  const bob = await Phone.registeredAt(t, asterisk.port, 'bob');
  const alice = await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice');
  const call = alice.call('bob');
  const invite = await bob.receives('INVITE');
  bob.answers(invite, 200, { withSdp: true });
  await bob.receives('ACK');
  await call.answered;
  await bob.asks(bob.dialogOf(invite), 'BYE');
  await call.isLeft();

  const answered = alice.incoming().then(async (incoming) => (await incoming.answer(), incoming));
  const [incoming] = await Promise.all([answered, bob.calls('alice')]);
  await incoming.hangUp();
  bob.answers(await bob.receives('BYE'), 200);
});

for (const transport of ['udp', 'tcp']) {
  test(`users of the relay and phones of Asterisk, each of a domain of its own, write to each other over ${transport.toUpperCase()}`, async (t) => {
    const heading = 'Asterisk as another domain';
    const port = await freePort();
    const contact = { 'sip:192.0.2.2:5060': `sip:127.0.0.1:${port}\\;transport=${transport}` };
    const asterisk = await startAsterisk(t, ['bob'], {
      peer: adapted(adapted(block(heading, 'ini'), contact), { '192.0.2.2': '127.0.0.1' }),
      dialPlan: adapted(block(heading, 'conf'), { 'example.org': 'relay.test' }),
    });
    const route = `example.test=${transport}:127.0.0.1:${asterisk.port}`;
    const relay = await startRelay(t, ['--domain', 'relay.test', `--${transport}`, `127.0.0.1:${port}`, '--route', route]);
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice@relay.test');
    const bob = await Phone.registeredAt(t, asterisk.port, 'bob');
    await Promise.all([alice.leaves('bob', 'to the other domain'), bob.receivesText('to the other domain')]);
    await Promise.all([bob.sends('alice@relay.test', 'from the other domain', 202), alice.receives('bob', 'from the other domain')]);
  });
}
