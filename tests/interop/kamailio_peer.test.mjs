// Kamailio as the server of another domain, example.test; the relay is that of relay.test (RFC 3261 16, RFC 3428 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { udpPhone } from '../support/phones.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { request, status } from '../support/sip.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';

/** What both sides need for TLS; Kamailio shows a certificate of the names. */
function tlsBetween(t, names) {
  const authority = makeAuthority(temporaryDirectory(t));
  const relay = authority.issue('relay', 'DNS:relay.test,IP:127.0.0.1');
  return {
    tls: { ...authority.issue('kamailio', names), authority: authority.certificate },
    args: ['--certificate', relay.certificate, '--private-key', relay.key, '--trusted-authorities', authority.certificate],
  };
}

async function startBoth(t, transport, { tls, args = [] } = {}) {
  const port = await freePort();
  const next = `sip:127.0.0.1:${port};transport=${transport}`;
  const kamailio = await startKamailioServer(t, 'example.test', { next, tls });
  const server = `${transport}:127.0.0.1:${tls ? kamailio.tlsPort : kamailio.port}`;
  const listener = [`--${transport}`, `127.0.0.1:${port}`];
  const relay = await startRelay(t, ['--domain', 'relay.test', '--route', `example.test=${server}`, ...listener, ...args]);
  return { kamailio, relay };
}

for (const transport of ['udp', 'tcp', 'tls']) {
  test(`users of the relay and of Kamailio write to one another over ${transport.toUpperCase()}`, async (t) => {
    const { kamailio, relay } = await startBoth(t, transport, transport === 'tls' ? tlsBetween(t, 'DNS:example.test') : {});
    const bob = await Phone.registeredAt(t, kamailio.port, 'bob');
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice@relay.test');
    await Promise.all([alice.delivers('bob', 'from the relay'), bob.receivesText('from the relay')]);
    await Promise.all([bob.sends('alice@relay.test', 'from Kamailio'), alice.receives('bob', 'from Kamailio')]);
    await bob.sends('nobody@relay.test', 'to nobody', 480);
  });
}

test('nothing goes to a Kamailio whose certificate is of another domain (RFC 5922 7.3)', async (t) => {
  const { relay } = await startBoth(t, 'tls', tlsBetween(t, 'DNS:another.test'));
  const alice = await udpPhone(t, relay.ports.udp);
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${alice.port}` };
  alice.send(request('MESSAGE', { ...over, uri: 'sip:bob@example.test', From: '<sip:alice@relay.test>;tag=1', to: 'bob', body: 'to whomever' }));
  assert.equal(status(await alice.message('the refusal')), 500);
  await relay.says(/no TLS with \S+ \S+ for example\.test/);
});
