import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { runProgram, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { body, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const admin = ['--admin', '127.0.0.1:0'];
const token = 'correct horse battery';

/** Asks the admin API: { status, json }. */
function adminOf(relay, headers = {}) {
  const port = servicePort(relay, 'admin');
  return async (method, path, content) => {
    const sent = content === undefined ? {} : { body: JSON.stringify(content), headers: { 'Content-Type': 'application/json' } };
    const answer = await ask(port, path, { method, ...sent, headers: { ...headers, ...sent.headers } });
    return { status: answer.status, json: answer.text ? JSON.parse(answer.text) : null };
  };
}

function tokenFile(t) {
  const file = join(temporaryDirectory(t), 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return file;
}

test('accounts are listed, added, changed and removed while the relay runs', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: admin });
  const call = adminOf(relay);
  assert.equal((await call('POST', '/users', { address: 'carol@example.test', password: 'hidden in a POST' })).status, 204);
  assert.equal((await call('POST', '/users', { address: 'carol@example.test', password: 'x' })).status, 409);
  assert.deepEqual((await call('GET', '/users')).json, ['bob@example.test', 'carol@example.test']);
  assert.equal((await call('PUT', '/users/carol@example.test/password', { password: 'hidden in a PUT' })).status, 204);
  assert.equal((await call('DELETE', '/users/carol@example.test')).status, 204);
  assert.deepEqual((await call('DELETE', '/users/carol@example.test')).json, { error: 'there is no account carol@example.test' });
  assert.doesNotMatch(relay.log, /hidden/);
});

test('who is registered is listed and can be forgotten; a connection can be closed', async (t) => {
  const relay = await startRelay(t, admin);
  const call = adminOf(relay);
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  const [registration] = (await call('GET', '/registrations')).json;
  assert.deepEqual([registration.user, registration.contact], ['bob', 'sip:bob@client.invalid;transport=ws']);
  assert.equal((await call('DELETE', '/registrations/bob')).status, 204);
  assert.equal((await call('DELETE', '/registrations/bob')).status, 404);
  assert.deepEqual((await call('GET', '/registrations')).json, []);
  const connections = (await call('GET', '/connections')).json;
  assert.deepEqual(connections.map(({ connection }) => connection), [registration.connection]);
  assert.equal((await call('DELETE', `/connections/${registration.connection}`)).status, 204);
  assert.deepEqual(await bob.next(), { kind: 'close', status: 1002, reason: 'closed by the operator' });
  assert.equal((await bob.next()).kind, 'end');
  assert.deepEqual((await call('GET', '/connections')).json, []);
});

test('stored messages are counted, listed without their bodies, and deleted; an account takes its own with it', async (t) => {
  const relay = await startWithUsers(t, ['bob', 'dave'], { args: [...admin, '--mailbox', 'everyone'] });
  const call = adminOf(relay);
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const [to, text] of [['bob', 'hidden in one'], ['bob', 'hidden in two'], ['dave', 'hidden in three']]) {
    carol.send(instantMessage('carol', to, text, { From: '<sip:carol@example.net>;tag=1' }));
    assert.equal(status(await carol.message()), 202);
  }
  assert.equal((await call('GET', '/messages')).json.messages, 3);
  const listed = (await call('GET', '/messages/bob@example.test')).json;
  assert.equal(listed.length, 2);
  assert.doesNotMatch(JSON.stringify(listed), /hidden/);
  assert.equal((await call('DELETE', `/messages/${listed[0].number}`)).status, 204);
  assert.deepEqual(await call('DELETE', `/messages/${listed[0].number}`), { status: 404, json: { error: 'there is no such message' } });
  assert.deepEqual((await call('GET', '/messages/bob@example.test')).json, listed.slice(1));
  assert.equal((await call('DELETE', '/users/bob@example.test')).status, 204);
  assert.deepEqual((await call('GET', '/messages/bob@example.test')).json, []);
  assert.equal((await call('GET', '/messages')).json.messages, 1);
});

test('the steps of one message are logged on demand, and those of others are not', async (t) => {
  const relay = await startRelay(t, [...admin, '--log-level', 'info']);
  const call = adminOf(relay);
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  assert.equal((await call('PUT', '/trace', ['followed'])).status, 204);
  for (const id of ['silent', 'followed']) {
    bob.send(instantMessage('bob', 'bob', 'to myself', { 'Call-ID': id }));
    const received = await bob.message();
    assert.equal(body(received), 'to myself');
    bob.send(ok(received));
    assert.equal(status(await bob.message()), 200);
  }
  await relay.says(/trace followed: is answered[^]*trace followed: to ws/);
  const steps = [...relay.log.matchAll(/trace followed: (from ws|to ws|is new|is answered by its recipient: 200)/g)].map(([, step]) => step);
  assert.deepEqual(steps, ['from ws', 'is new', 'to ws', 'from ws', 'is answered by its recipient: 200', 'to ws']);
  assert.doesNotMatch(relay.log, /silent|to myself/);
});

test('with a token nobody gets in who does not show it', async (t) => {
  const relay = await startRelay(t, [...admin, '--admin-token-file', tokenFile(t)]);
  assert.equal((await adminOf(relay, { Authorization: `Bearer ${token}` })('GET', '/registrations')).status, 200);
  assert.equal((await adminOf(relay, { Authorization: 'Bearer wrong' })('GET', '/registrations')).status, 401);
  assert.equal((await adminOf(relay)('GET', '/registrations')).status, 401);
  assert.match((await ask(servicePort(relay, 'admin'), '/users')).headers['www-authenticate'], /^Bearer realm=/);
  assert.equal((await adminOf(relay, { Origin: 'https://evil.example' })('GET', '/registrations')).status, 403);
  assert.doesNotMatch(relay.log, new RegExp(token));
});

test('without a token it is not served to other machines, and the token must be a secret', async (t) => {
  const check = (...args) => runProgram(t, ['--check-config', '--udp', '127.0.0.1:0', ...args]);
  for (const address of ['0.0.0.0:0', '192.0.2.1:9091', '[::]:0']) {
    const { code, stderr } = await check('--admin', address);
    assert.equal(code, 2);
    assert.match(stderr, /admin: needs --admin-token-file/);
  }
  const file = tokenFile(t);
  assert.equal((await check('--admin', '0.0.0.0:0', '--admin-token-file', file)).code, 0);
  chmodSync(file, 0o644);
  assert.match((await check(...admin, '--admin-token-file', file)).stderr, /must be closed to others/);
  chmodSync(file, 0o600);
  writeFileSync(file, 'short\n');
  assert.match((await check(...admin, '--admin-token-file', file)).stderr, /at least 16 characters/);
  assert.match((await check(...admin, '--admin-token-file', `${file}.none`)).stderr, /cannot be read/);
});
