// Kamailio as the server of another domain, kamailio.test; the relay is that of example.test (RFC 3261 16, RFC 3428 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { asking, isNotification } from '../support/notifications.mjs';
import { freePort } from '../support/ports.mjs';
import { startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { converseBetween } from './conversation.mjs';
import { signIn } from './jssip.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { Phone } from './phone.mjs';
import { SdkClient } from './sdk_client.mjs';

/** What both sides need for TLS; Kamailio shows a certificate of the names. */
function tlsBetween(names) {
  const authority = makeAuthority(temporaryDirectory());
  const relay = authority.issue('relay', 'DNS:example.test,IP:127.0.0.1');
  return {
    tls: { ...authority.issue('kamailio', names), authority: authority.certificate },
    args: ['--certificate', relay.certificate, '--private-key', relay.key, '--trusted-authorities', authority.certificate],
  };
}

async function startBoth(t, transport, { tls, args = [] } = {}) {
  const port = await freePort();
  const next = `sip:127.0.0.1:${port};transport=${transport}`;
  const kamailio = await startKamailioServer(t, 'kamailio.test', { next, tls });
  const server = `${transport}:127.0.0.1:${tls ? kamailio.tlsPort : kamailio.port}`;
  const listener = [`--${transport}`, `127.0.0.1:${port}`];
  const further = ['--route', `kamailio.test=${server}`, '--drain-seconds', '1', ...listener, ...args];
  const relay = await startWithUsers(t, ['alice'], { args: further });
  return { kamailio, relay };
}

/** In a dialog Kamailio names itself by its address, to which the route of its domain leads. */
const certified = () => tlsBetween('DNS:kamailio.test');

for (const transport of ['udp', 'tcp', 'tls']) {
  const start = (t) => startBoth(t, transport, transport === 'tls' ? certified() : {});
  const signInBob = (t, kamailio) => Phone.registeredAt(t, kamailio.port, 'bob', { domain: 'kamailio.test' });

  test(`users of the relay and of Kamailio write to one another over ${transport.toUpperCase()}`, async (t) => {
    const { kamailio, relay } = await start(t);
    const bob = await signInBob(t, kamailio);
    const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
    await Promise.all([alice.delivers(bob.address, 'from the relay'), bob.receivesText('from the relay')]);
    await Promise.all([bob.sends('alice', 'from Kamailio'), alice.receives(bob.address, 'from Kamailio')]);
    await bob.sends('nobody', 'to nobody', 480);
  });

  test(`they write, subscribe, call and refer each other with JsSIP over ${transport.toUpperCase()}`, async (t) => {
    const { kamailio, relay } = await start(t);
    await converseBetween(t, await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice'), await signInBob(t, kamailio));
  });
}

test('whom Kamailio answers for is told of a message that the relay stores (RFC 5438 8.1)', async (t) => {
  const { kamailio, relay } = await startBoth(t, 'tcp', { args: ['--trusted', '127.0.0.1'] });
  const bob = await Phone.registeredAt(t, kamailio.port, 'bob', { domain: 'kamailio.test' });
  await bob.requests('MESSAGE', 'alice', asking(bob.address, 'alice@example.test', 'hello', 'processing'), 202);
  const told = await bob.receives('MESSAGE');
  isNotification(told, 'hello', 'stored');
  bob.answers(told, 200);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await alice.receives(bob.address, 'hello');
});

test('nothing goes to a Kamailio whose certificate is of another domain (RFC 5922 7.3)', async (t) => {
  const { relay } = await startBoth(t, 'tls', tlsBetween('DNS:another.test'));
  const alice = await signIn(t, `ws://127.0.0.1:${relay.ports.ws}/`, 'alice');
  await assert.rejects(alice.delivers('bob@kamailio.test', 'to whomever'), / 500$/);
  await relay.says(/no TLS with \S+ \S+ for kamailio\.test/);
});
