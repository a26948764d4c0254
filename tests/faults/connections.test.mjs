import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const upgrade =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n';

/** How connections are when they are dropped: where to, what was sent, whether an answer is waited for. */
const stages = [
  { protocol: 'ws', bytes: '' },
  { protocol: 'ws', bytes: 'GET / HT' },
  { protocol: 'ws', bytes: upgrade, isAnswered: true },
  { protocol: 'ws', bytes: `${upgrade}\x81`, isAnswered: true }, // and the first byte of a frame
  { protocol: 'tcp', bytes: 'MESSAGE sip:bob@exam' },
  { protocol: 'tcp', bytes: '\r\n\r\n', isAnswered: true },
  { protocol: 'tls', bytes: Buffer.from('16030100c8010000c40303', 'hex') }, // the beginning of a ClientHello
];

async function openOne(relay, { protocol, bytes, isAnswered }) {
  const socket = connect(relay.ports[protocol], '127.0.0.1');
  socket.on('error', () => {});
  await soon(once(socket, 'connect'), 'a connection');
  if (bytes.length) socket.write(bytes);
  if (isAnswered) await soon(once(socket, 'data'), 'an answer');
  return socket;
}

const descriptors = (relay) => readdirSync(`/proc/${relay.child.pid}/fd`).length;

/** How many connections the relay has. */
async function connections(relay) {
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  const open = [...text.matchAll(/^sipmsg_connections\{transport="(?:ws|tcp|tls)"\} (\d+)$/gm)].map(([, value]) => Number(value));
  return open.reduce((sum, value) => sum + value, 0);
}

/** Asks until the relay has no other connections, and no more than so many files open. */
async function comesDownTo(relay, count, files = Infinity) {
  let isOver = false;
  const comesDown = async () => {
    while (!isOver && !((await connections(relay)) === count && descriptors(relay) <= files));
  };
  await soon(comesDown(), `${count} connections and ${files} files`).finally(() => (isOver = true));
}

test('two thousand connections that are dropped at every stage leave nothing behind, and the relay does its work', async (t) => {
  const { certificate, key } = makeCertificate(temporaryDirectory(), 'relay');
  const tls = ['--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key];
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0', '--log-level', 'info', ...tls]);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  alice.send(register('alice', 'sip:alice@client.invalid;transport=ws'));
  assert.equal(status(await alice.message()), 200);
  await comesDownTo(relay, 1);
  const before = descriptors(relay);
  for (let round = 0; round < 4; ++round) {
    const sockets = await Promise.all(Array.from({ length: 500 }, (_, i) => openOne(relay, stages[i % stages.length])));
    assert.ok(descriptors(relay) >= before + 400, 'they were not open at the same time');
    // Every other one in an orderly way.
    sockets.forEach((socket, i) => (i % 2 ? socket.destroy() : socket.resetAndDestroy()));
    await comesDownTo(relay, 1);
    await converse(alice, alice, instantMessage('alice', 'alice', `after ${round}`), `after ${round}`);
  }
  // The connection that the metrics were asked by may still be open.
  await comesDownTo(relay, 1, before + 1);
});
