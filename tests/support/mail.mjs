import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { passwordOf } from './relay.mjs';
import { authorization, body, instantMessage, ok, register, status } from './sip.mjs';
import { WebSocketClient } from './web_socket.mjs';

const domain = 'example.test';

/** A user's WebSocket, signed in; `options` are those of the client. */
export async function signIn(t, port, user, options) {
  const client = await WebSocketClient.open(t, port, options);
  const contact = `sip:${user}@client.invalid;transport=ws`;
  const call = { 'Call-ID': `register-${randomUUID()}` };
  client.send(register(user, contact, call));
  const challenge = await client.message();
  const uri = `sip:${domain}`;
  client.send(register(user, contact, { ...call, CSeq: '2 REGISTER', ...authorization(challenge, 'SHA-256', user, passwordOf(user), 'REGISTER', uri) }));
  assert.equal(status(await client.message()), 200);
  return client;
}

/** What the relay says to a user's message that bears the password, once it has asked for that. */
export async function writes(client, from, to, text, password = passwordOf(from)) {
  client.send(instantMessage(from, to, text));
  const proof = authorization(await client.message(), 'SHA-256', from, password, 'MESSAGE', `sip:${to}@${domain}`);
  client.send(instantMessage(from, to, text, { CSeq: '2 MESSAGE', ...proof }));
  return client.message();
}

/** What has a relay store messages of strangers, too. */
export const forEveryone = ['--mailbox', 'everyone'];

/** Whoever is of another domain writes without a password. */
export const fromStranger = (text, extra = {}) =>
  instantMessage('carol', 'bob', text, { From: `<sip:carol@example.net>;tag=${text.length}`, ...extra });

/** Takes what comes until as many different messages have been shown; gives them in order. */
export async function takeAll(client, count) {
  const shown = [];
  const seen = new Set();
  while (shown.length < count) {
    const received = await client.message(`message ${shown.length + 1} of ${count}`);
    if (!received.startsWith('MESSAGE ')) continue;
    client.send(ok(received));
    // As our clients do: a repeat is known by its Call-ID.
    const id = /^call-id: *(\S+)/im.exec(received)[1];
    if (!seen.has(id)) shown.push(body(received));
    seen.add(id);
  }
  return shown;
}
