// The relay as the edge proxy of example.test, whose registrar is Kamailio (RFC 3327, RFC 5626 5).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { dnsServer } from '../support/dns_server.mjs';
import { Flow } from '../support/flow.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { Baresip } from './baresip.mjs';
import { converseBetween } from './conversation.mjs';
import { signIn } from './jssip.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';

/** How both ends of each transport are told to find and believe one another, and what the Path says of it. */
const transports = {
  udp: async () => ({ ofPath: '', server: ({ port }) => `sip:127.0.0.1:${port}`, args: [] }),
  tcp: async () => ({ ofPath: ';transport=tcp', server: ({ port }) => `sip:127.0.0.1:${port};transport=tcp`, args: [] }),
  tls: async (t) => {
    const authority = makeAuthority(temporaryDirectory());
    const relay = authority.issue('relay', 'IP:127.0.0.1');
    return {
      ofPath: ';transport=tls',
      tls: { ...authority.issue('kamailio', 'URI:sip:127.0.0.1'), authority: authority.certificate },
      server: ({ tlsPort }) => `sip:127.0.0.1:${tlsPort};transport=tls`,
      args: ['--tls', '127.0.0.1:0', '--certificate', relay.certificate, '--private-key', relay.key, '--trusted-authorities', authority.certificate],
    };
  },
};

async function startBoth(t, transport) {
  const { tls, server, args, ofPath } = await transports[transport](t);
  const kamailio = await startKamailioServer(t, 'example.test', { tls });
  const upstream = `example.test=${server(kamailio)}`;
  const relay = await startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--drain-seconds', '1', '--upstream', upstream, ...args]);
  return { kamailio, relay, path: new RegExp(`Path: <sip:flow-[^@;]+@127\\.0\\.0\\.1:${relay.ports[transport]}${ofPath};lr;ob>`) };
}

for (const transport of Object.keys(transports)) {
  test(`JsSIP and a phone write, subscribe, call and refer each other, with the relay before Kamailio over ${transport.toUpperCase()}`, async (t) => {
    const { kamailio, relay } = await startBoth(t, transport);
    await converseBetween(t, await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice'), await Phone.registeredAt(t, kamailio.port, 'bob'));
  });

  test(`a browser registers with Kamailio by way of the relay over ${transport.toUpperCase()}, and writes both ways`, async (t) => {
    const { kamailio, relay, path } = await startBoth(t, transport);
    const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    const contact = (await kamailio.contacts()).find((each) => each.includes('flow-'));
    assert.match(contact, path);
    assert.match(contact, /Reg-Id: 1/);

    await Promise.all([bob.sends('alice', 'from the phone'), alice.receives('bob', 'from the phone')]);
    await Promise.all([alice.delivers('bob', 'from the browser'), bob.receivesText('from the browser')]);
  });
}

test('JsSIP behind the relay and baresip at Kamailio write and call each other, and each hangs up', async (t) => {
  const { kamailio, relay } = await startBoth(t, 'udp');
  const alice = await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice');
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

test('Kamailio is told at once that a flow is gone, and keeps one contact when the browser is back', async (t) => {
  const { kamailio, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const start = relay.log.length;
  await alice.vanishes();
  await relay.says(/flow \d+ closed\n/, start);
  await bob.sends('alice', 'to nobody', 480);
  const [left, ...others] = await kamailio.contacts();
  assert.match(left, /Address: sip:bob@/);
  assert.deepEqual(others, []);

  await alice.comesBack();
  assert.equal((await kamailio.contacts()).length, 2, 'one of alice, one of bob');
  await Promise.all([bob.sends('alice', 'to one flow'), alice.receives('bob', 'to one flow')]);
  await Promise.all([bob.sends('alice', 'once'), alice.receives('bob', 'once')]);
});

test('a browser that reconnects before its flow is gone has one contact at Kamailio, and is reached over the new flow alone', async (t) => {
  const { kamailio, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
  const device = randomUUID();
  const former = await Flow.registered(t, relay.ports.ws, 'alice', { device });
  await Promise.all([bob.sends('alice', 'down the first'), former.receives('down the first')]);
  const flow = await Flow.registered(t, relay.ports.ws, 'alice', { device });
  const contacts = (await kamailio.contacts()).filter((each) => each.includes('sip:alice@'));
  assert.equal(contacts.length, 1);
  assert.ok(contacts[0].includes(`Address: ${flow.contact}\n`), contacts[0]);
  await Promise.all([bob.sends('alice', 'down the second'), flow.receives('down the second')]);
  for (const each of [former, flow]) await each.isSilent();
});

test("each browser behind the relay gets what is its user's, and each device of a user the same", async (t) => {
  const { kamailio, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
  const [laptop, tablet] = [await Flow.registered(t, relay.ports.ws, 'alice'), await Flow.registered(t, relay.ports.ws, 'alice')];
  const carol = await Flow.registered(t, relay.ports.ws, 'carol');
  await Promise.all([bob.sends('carol', 'to carol'), carol.receives('to carol')]);
  await Promise.all([bob.sends('alice', 'to both'), laptop.receives('to both'), tablet.receives('to both')]);
  await Promise.all([laptop.sends('carol', 'from one to another behind the relay'), carol.receives('from one to another behind the relay')]);
  for (const each of [laptop, tablet, carol]) await each.isSilent();
});

test('of two servers of an upstream the one is followed that the other names by Service-Route (RFC 3263 4.2, RFC 3608)', async (t) => {
  const second = await startKamailioServer(t, 'example.test');
  const first = await startKamailioServer(t, 'example.test', { serviceRoute: `sip:two.upstream.test:${second.port};transport=tcp` });
  const dns = await dnsServer(t, {
    'SRV _sip._tcp.upstream.test': [[1, 1, first.port, 'one.upstream.test'], [2, 1, second.port, 'two.upstream.test']],
    'A one.upstream.test': ['127.0.0.1'],
    'A two.upstream.test': ['127.0.0.1'],
  });
  const relay = await startRelay(t, [...dns.option, '--domain', 'edge.test', '--upstream', 'example.test=sip:upstream.test;transport=tcp']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  assert.equal((await first.contacts()).length, 1);
  // The first knows nothing of bob.
  const bob = await Phone.registeredAt(t, second.port, 'bob');
  await Promise.all([alice.delivers('bob', 'by the second'), bob.receivesText('by the second')]);
});

test('a password that Kamailio refuses is told to the browser behind the relay', async (t) => {
  const { relay } = await startBoth(t, 'tcp');
  const alice = await SdkClient.start(t, relay.ports.ws, 'alice', 'a guess');
  const { status, trouble } = await alice.settled();
  assert.deepEqual({ status, trouble }, { status: 'failed', trouble: 'wrong-password' });
});

test('while Kamailio is away the browser is told so, and signs in when it is back', async (t) => {
  const port = await freePort();
  const relay = await startRelay(t, ['--domain', 'edge.test', '--upstream', `example.test=sip:127.0.0.1:${port};transport=tcp`]);
  const alice = await SdkClient.start(t, relay.ports.ws, 'alice');
  assert.equal((await alice.settled()).status, 'reconnecting');
  await startKamailioServer(t, 'example.test', { port });
  await alice.comesBack();
});
