// The relay as the edge proxy of example.test, whose registrar is Kamailio (RFC 3327, RFC 5626 5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';

/** How both ends of each transport are told to find and believe one another. */
const transports = {
  udp: async () => ({ server: ({ port }) => `sip:127.0.0.1:${port}`, args: [] }),
  tcp: async () => ({ server: ({ port }) => `sip:127.0.0.1:${port};transport=tcp`, args: [] }),
  tls: async (t) => {
    const authority = makeAuthority(temporaryDirectory(t));
    const relay = authority.issue('relay', 'IP:127.0.0.1');
    return {
      tls: { ...authority.issue('kamailio', 'URI:sip:127.0.0.1'), authority: authority.certificate },
      server: ({ tlsPort }) => `sip:127.0.0.1:${tlsPort};transport=tls`,
      args: ['--tls', '127.0.0.1:0', '--certificate', relay.certificate, '--private-key', relay.key, '--trusted-authorities', authority.certificate],
    };
  },
};

async function startBoth(t, transport) {
  const { tls, server, args } = await transports[transport](t);
  const kamailio = await startKamailioServer(t, 'example.test', { tls });
  const relay = await startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--upstream', `example.test=${server(kamailio)}`, ...args]);
  return { kamailio, relay };
}

for (const transport of Object.keys(transports)) {
  test(`a browser registers with Kamailio by way of the relay over ${transport.toUpperCase()}, and writes both ways`, async (t) => {
    const { kamailio, relay } = await startBoth(t, transport);
    const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    const contact = (await kamailio.contacts()).find((each) => each.includes('flow-'));
    assert.match(contact, /Path: <sip:flow-[^@]+@127\.0\.0\.1:\d+\S*;lr;ob>/);
    assert.match(contact, /Reg-Id: 1/);

    await Promise.all([bob.sends('alice', 'from the phone'), alice.receives('bob', 'from the phone')]);
    await Promise.all([alice.delivers('bob', 'from the browser'), bob.receivesText('from the browser')]);
  });
}

test('Kamailio is told at once that a flow is gone, and keeps one contact when the browser is back', async (t) => {
  const { kamailio, relay } = await startBoth(t, 'tcp');
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const start = relay.log.length;
  await alice.vanishes();
  await relay.says(/flow \d+ closed/, start);
  await bob.sends('alice', 'to nobody', 480);
  const [left, ...others] = await kamailio.contacts();
  assert.match(left, /Address: sip:bob@/);
  assert.deepEqual(others, []);

  await alice.comesBack();
  assert.equal((await kamailio.contacts()).length, 2, 'one of alice, one of bob');
  await Promise.all([bob.sends('alice', 'to one flow'), alice.receives('bob', 'to one flow')]);
  await Promise.all([bob.sends('alice', 'once'), alice.receives('bob', 'once')]);
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
