import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../support/ports.mjs';
import { startRelay } from '../support/relay.mjs';
import { instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';
import { preloaded } from './preloaded.mjs';

test('a connection of the relay to itself, where nobody listens, counts as refused', async (t) => {
  const port = await freePort();
  const relay = await startRelay(t, ['--route', `example.net=tcp:127.0.0.1:${port}`], { env: preloaded('own_port') });
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  alice.send(register('alice', 'sip:alice@client.invalid;transport=ws'));
  assert.equal(status(await alice.message()), 200);
  alice.send(instantMessage('alice', 'bob', 'hello', { uri: 'sip:bob@example.net', To: '<sip:bob@example.net>' }));
  assert.equal(status(await alice.message()), 500);
  await relay.says(new RegExp(`connecting from port ${port} to it`));
  await relay.says(new RegExp(`cannot connect to tcp 127\\.0\\.0\\.1:${port}: Connection refused`));
});
