// Calls between a browser behind the relay, which is the edge proxy of example.test, and phones at Kamailio, its registrar.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { body } from '../support/sip.mjs';
import { startRelay } from '../support/relay.mjs';
import { Baresip } from './baresip.mjs';
import { converseBetween } from './conversation.mjs';
import { signIn } from './jssip.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { Phone } from './phone.mjs';

/** JsSIP as alice by way of the relay. */
async function startBoth(t, transport) {
  const kamailio = await startKamailioServer(t, 'example.test');
  const upstream = `example.test=sip:127.0.0.1:${kamailio.port};transport=${transport}`;
  const relay = await startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--drain-seconds', '1', '--upstream', upstream]);
  return { kamailio, alice: await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice') };
}

for (const transport of ['udp', 'tcp']) {
  test(`JsSIP and a phone write, subscribe and call each other, with the relay before Kamailio over ${transport.toUpperCase()}`, async (t) => {
    const { kamailio, alice } = await startBoth(t, transport);
    await converseBetween(t, alice, await Phone.registeredAt(t, kamailio.port, 'bob'));
  });
}

test('either end of a call by way of Kamailio can tell the other something and hang up', async (t) => {
  const { kamailio, alice } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
  const call = alice.call('bob');
  const invite = await bob.receives('INVITE');
  bob.answers(invite, 200, { withSdp: true });
  await bob.receives('ACK');
  await call.answered;
  const told = call.tells('from the browser');
  const info = await bob.receives('INFO');
  assert.equal(body(info), 'from the browser');
  bob.answers(info, 200);
  await told;
  const [heard] = await Promise.all([call.info(), bob.asks(bob.dialogOf(invite), 'INFO', { 'Content-Type': 'text/plain', body: 'from the phone' })]);
  assert.equal(heard, 'from the phone');
  await call.hangUp();
  bob.answers(await bob.receives('BYE'), 200);

  const answered = alice.incoming().then(async (incoming) => (await incoming.answer(), incoming));
  const [incoming, dialog] = await Promise.all([answered, bob.calls('alice')]);
  await bob.asks(dialog, 'BYE');
  await incoming.isLeft();
});

test('JsSIP behind the relay and baresip at Kamailio write and call each other, and each hangs up', async (t) => {
  const { kamailio, alice } = await startBoth(t, 'udp');
  const phone = Baresip.start(t, { ports: { udp: kamailio.port } }, 'phone', 'alice');
  await phone.registers();
  await Promise.all([alice.delivers('phone', 'to the phone: grüße 👋'), phone.receives('alice', 'to the phone: grüße 👋')]);
  const [message] = await Promise.all([alice.message(), phone.write('from the phone: こんにちは')]);
  assert.deepEqual(message, { from: 'phone', body: 'from the phone: こんにちは' });

  const call = alice.call('phone');
  await phone.isCalled('alice');
  await Promise.all([phone.accepts(), call.answered]);
  phone.hangsUp();
  await call.isLeft();

  const answered = alice.incoming().then(async (incoming) => (await incoming.answer(), incoming));
  const [incoming] = await Promise.all([answered, phone.calls('alice')]);
  await incoming.hangUp();
  await phone.isLeft();
  await phone.quits();
});
