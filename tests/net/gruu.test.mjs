import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { startRelay } from '../support/relay.mjs';
import { body, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A device of bob's, with the addresses that lead to it alone (RFC 5627 5.2). */
async function device(t, port) {
  const client = await WebSocketClient.open(t, port);
  const contact = `sip:bob@${randomUUID()}.invalid;transport=ws`;
  const instance = `urn:uuid:${randomUUID()}`;
  client.send(register('bob', '', { Contact: `<${contact}>;+sip.instance="<${instance}>"`, Supported: 'gruu' }));
  const answer = await client.message();
  assert.equal(status(answer), 200);
  const own = answer.split('\r\n').find((line) => line.startsWith('Contact:') && line.includes(contact));
  const gruus = ['pub-gruu', 'temp-gruu'].map((kind) => new RegExp(`;${kind}="(sip:[^"]*;gr[^"]*)"`).exec(own)[1]);
  return { client, gruus };
}

/** The relay's answer to a ping is behind whatever it has sent. */
async function isSilent({ client }) {
  client.send('\r\n\r\n');
  assert.equal(await client.message('the pong'), '\r\n');
}

test('a public and a temporary GRUU lead to their device alone, the address to all of the user (RFC 5627)', async (t) => {
  const { ports } = await startRelay(t);
  const alice = await WebSocketClient.open(t, ports.ws);
  const [laptop, tablet] = [await device(t, ports.ws), await device(t, ports.ws)];
  for (const [meant, other] of [[laptop, tablet], [tablet, laptop]])
    for (const uri of meant.gruus) {
      await converse(alice, meant.client, instantMessage('alice', 'bob', 'for one', { uri, To: `<${uri}>` }), 'for one');
      await isSilent(other);
    }
  await converse(alice, laptop.client, instantMessage('alice', 'bob', 'for all'), 'for all');
  const received = await tablet.client.message();
  assert.equal(body(received), 'for all');
  tablet.client.send(ok(received));
});
