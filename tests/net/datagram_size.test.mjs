// On the loopback, whose MTU is known, a datagram may hold more: there phones.test.mjs shows the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOwnNetwork, ownAddress } from '../support/own_network.mjs';
import { tcpServer, udpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function oneByteMore(t) {
  const relay = await startRelay(t, ['--udp', `${ownAddress}:0`, '--tcp', `${ownAddress}:0`]);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  const server = await tcpServer(t, ownAddress);
  const phone = await udpPhone(t, relay.ports.udp, { host: ownAddress, port: server.port });
  const sentBy = `${ownAddress}:${server.port}`;
  phone.send(register('phone', `sip:phone@${sentBy}`, { transport: 'UDP', sentBy }));
  assert.equal(status(await phone.message()), 200);

  /** Writes a message with so many bytes in its body; gives how many the phone gets. */
  async function comes(end, size) {
    alice.send(instantMessage('alice', 'phone', 'x'.repeat(size)));
    const received = await end.message();
    end.send(ok(received));
    assert.equal(status(await alice.message()), 200);
    return received.length;
  }
  const most = 1300 - ((await comes(phone, 500)) - 500);
  assert.equal(await comes(phone, most), 1300);
  alice.send(instantMessage('alice', 'phone', 'x'.repeat(most + 1)));
  const connection = await server.connection();
  const received = await connection.message();
  assert.equal(received.length, 1301 - ';rport'.length); // which the Via of UDP alone has (RFC 3581)
  connection.send(ok(received));
  assert.equal(status(await alice.message()), 200);

  server.close();
  const start = relay.log.length;
  connection.close();
  await relay.says(/flow \d+ closed/, start);
  alice.send(instantMessage('alice', 'phone', 'x'.repeat(most + 1)));
  assert.equal(status(await alice.message()), 513);
  assert.equal(await comes(phone, most), 1300);
}

test('up to 1300 bytes go to a UDP phone as a datagram, one more by TCP, and are 513 where it takes none (RFC 3261 18.1.1)', inOwnNetwork(import.meta.url, oneByteMore));
