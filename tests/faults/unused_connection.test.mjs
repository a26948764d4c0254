import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcpServer, udpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { instantMessage, ok, status } from '../support/sip.mjs';
import { preloaded } from './preloaded.mjs';

/** A relay whose time goes so many times too fast, and alice, who writes to servers of elsewhere. */
async function setUp(t, hurry, args = []) {
  const relay = await startRelay(t, ['--udp', '127.0.0.1:0', ...args], { env: { ...preloaded('hurried_clock'), SIPMSG_HURRY: String(hurry) } });
  const alice = await udpPhone(t, relay.ports.udp);
  const write = (server) =>
    alice.send(instantMessage('alice', 'dave', 'hello', { transport: 'UDP', sentBy: `127.0.0.1:${alice.port}`, uri: `sip:dave@127.0.0.1:${server.port};transport=tcp` }));
  /** By a connection that there is, or a new one. */
  const deliver = async (server, connection) => {
    write(server);
    const by = connection ?? (await server.connection());
    by.send(ok(await by.message()));
    assert.equal(status(await alice.message()), 200);
    return by;
  };
  return { alice, write, deliver };
}

test('a connection of the relay\'s own that nothing passes for five minutes is closed; a keep-alive is something', async (t) => {
  // Five minutes are thirteen seconds, and Timer F is more than one.
  const hurry = 24;
  const { deliver } = await setUp(t, hurry);
  const [kept, unused] = [await tcpServer(t), await tcpServer(t)];
  const keptBy = await deliver(kept);
  const keepAlive = setInterval(() => keptBy.send('\r\n\r\n'), 1000);
  t.after(() => clearInterval(keepAlive));
  const began = performance.now();
  const unusedBy = await deliver(unused);
  assert.equal(await unusedBy.message('its end'), null);
  assert.ok(performance.now() - began > 300_000 / hurry);
  await deliver(unused);
  assert.ok(!keptBy.socket.destroyed);
});

test('connections of the relay\'s own take half of the places; one that nothing passes makes room', async (t) => {
  const { alice, write, deliver } = await setUp(t, 16, ['--limit-open-connections', '4']);
  const servers = [await tcpServer(t), await tcpServer(t), await tcpServer(t)];
  const first = await deliver(servers[0]);
  const second = await deliver(servers[1]);
  write(servers[2]);
  assert.equal(status(await alice.message()), 500);
  await new Promise((resolve) => setTimeout(resolve, 3 * 32_000 / 16));
  await deliver(servers[1], second);
  await deliver(servers[2]);
  assert.equal(await first.message(), null);
});
