import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay } from '../support/relay.mjs';
import { converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** Two relays, each of which takes the other for the server of round.test, and alice at the first. */
async function startRing(t, transport) {
  const ports = [await freePort(), await freePort()];
  const at = (own, other) => [`--${transport}`, `127.0.0.1:${ports[own]}`, '--route', `round.test=${transport}:127.0.0.1:${ports[other]}`];
  const relays = [await startRelay(t, ['--metrics', '127.0.0.1:0', ...at(0, 1)]), await startRelay(t, ['--metrics', '127.0.0.1:0', ...at(1, 0)])];
  const alice = await WebSocketClient.open(t, relays[0].ports.ws);
  return { relays, alice };
}

/** How many messages a relay has passed on. What is refused is not remembered over UDP, and counts as received once more when it is sent anew. */
async function passedOn(relay) {
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  return Number(/^sipmsg_message_forwarding_seconds_count (\d+)$/m.exec(text)[1]);
}

const around = (extra) => instantMessage('alice', 'bob', 'around', { uri: 'sip:bob@round.test', To: '<sip:bob@round.test>', ...extra });

for (const transport of ['udp', 'tcp']) {
  test(`what two routes send round over ${transport.toUpperCase()} ends with 482 where it comes by again (RFC 5393)`, async (t) => {
    const { relays, alice } = await startRing(t, transport);
    alice.send(around());
    assert.equal(status(await alice.message()), 482);
    assert.deepEqual(await Promise.all(relays.map(passedOn)), [1, 1]);
  });

  test(`what has no hop left over ${transport.toUpperCase()} ends with 483, also where that is before it has been round`, async (t) => {
    const { relays, alice } = await startRing(t, transport);
    alice.send(around({ 'Max-Forwards': '1' }));
    assert.equal(status(await alice.message()), 483);
    assert.deepEqual(await Promise.all(relays.map(passedOn)), [1, 0]);
  });
}

test('a request that may have no branch is 440, and reaches nobody; one that may have one does (RFC 5393 5.3.3)', async (t) => {
  const { ports } = await startRelay(t);
  const [alice, bob] = [await WebSocketClient.open(t, ports.ws), await WebSocketClient.open(t, ports.ws)];
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  alice.send(instantMessage('alice', 'bob', 'to nobody', { 'Max-Breadth': '0' }));
  assert.equal(status(await alice.message()), 440);
  const received = await converse(alice, bob, instantMessage('alice', 'bob', 'to one', { 'Max-Breadth': '1' }), 'to one');
  assert.match(received, /^Max-Breadth: 1\r$/m);
});
