import assert from 'node:assert/strict';
import { tcpServer } from './phones.mjs';
import { startRelay } from './relay.mjs';
import { instantMessage, ok, register, status } from './sip.mjs';
import { WebSocketClient } from './web_socket.mjs';

const contact = 'sip:alice@client.invalid;transport=ws';
export const byOutbound = { Contact: `<${contact}>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000001>"`, Supported: 'path, outbound' };
export const byPath = { Contact: `<${contact}>`, Supported: 'path' };

/**
 * An edge before a registrar that is played here, and alice behind it: `path` is the one that she has registered by, `token` its user part.
 * `of` is the domain whose server it is.
 */
export async function startEdge(t, { of = 'example.test', registration = byOutbound } = {}) {
  const registrar = await tcpServer(t);
  const relay = await startRelay(t, ['--domain', 'edge.test', '--upstream', `${of}=sip:127.0.0.1:${registrar.port};transport=tcp`]);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  alice.send(register('alice', '', registration));
  const upstream = await registrar.connection();
  const received = await upstream.message('the REGISTER');
  const [, path, token] = /^Path: (<sip:(flow-[^@]+)@[^\r]*;lr(?:;ob)?>)\r$/m.exec(received);
  upstream.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  return { relay, alice, upstream, received, path, token };
}

/** A message from another domain that goes down by a Path. */
export const downTo = (text, Route) => instantMessage('bob', 'alice', text, { transport: 'TCP', uri: contact, From: '<sip:bob@example.net>;tag=1', Route });
