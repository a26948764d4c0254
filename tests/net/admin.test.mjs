import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hideTable } from '../support/database.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone } from '../support/mail.mjs';
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

function tokenFile() {
  const file = join(temporaryDirectory(), 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return file;
}

test('accounts are listed, added, changed and removed while the relay runs', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: [...admin, ...forEveryone] });
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
  const start = relay.log.length;
  assert.equal((await call('DELETE', `/connections/${registration.connection}`)).status, 204);
  assert.deepEqual(await bob.next(), { kind: 'close', status: 1008, reason: 'closed by the operator' });
  assert.equal((await bob.next()).kind, 'end');
  await relay.says(/flow \d+ closed\n/, start);
  assert.deepEqual((await call('GET', '/connections')).json, []);
});

test('stored messages are counted, listed without their bodies, and deleted; an account takes its own with it', async (t) => {
  const relay = await startWithUsers(t, ['bob', 'dave'], { args: [...admin, ...forEveryone] });
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

/** Has a stranger write to each of the users, who are not there. */
async function writeTo(t, relay, ...users) {
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  for (const user of users) {
    carol.send(instantMessage('carol', user, 'for the owner of the name', { From: '<sip:carol@example.net>;tag=1' }));
    assert.equal(status(await carol.message()), 202);
  }
}

/** Changes an account as somebody at a terminal does: the exit code. */
async function changeUser(t, relay, action, user) {
  const { code } = await runProgram(t, ['user', action, `${user}@example.test`, '--data', relay.data], { input: 'secret\n' });
  return code;
}

test('an account whose messages could not be deleted with it takes them along with the next try, or leaves nothing to the next owner', async (t) => {
  const users = ['bob', 'dave', 'erin', 'frank'];
  const relay = await startWithUsers(t, users, { args: [...admin, ...forEveryone] });
  const call = adminOf(relay);
  const waiting = async (user) => (await call('GET', `/messages/${user}@example.test`)).json.length;
  await writeTo(t, relay, ...users);
  const giveBack = hideTable(join(relay.data, 'mailbox.sqlite'), 'messages');
  for (const user of ['bob', 'dave']) assert.equal((await call('DELETE', `/users/${user}@example.test`)).status, 503);
  for (const user of ['erin', 'frank']) assert.equal(await changeUser(t, relay, 'remove', user), 1);
  giveBack();
  assert.deepEqual((await call('GET', '/users')).json, []);
  for (const user of users) assert.equal(await waiting(user), 1);
  // Tried again.
  assert.equal((await call('DELETE', '/users/bob@example.test')).status, 404);
  assert.equal(await changeUser(t, relay, 'remove', 'erin'), 1);
  // The next owner.
  assert.equal((await call('POST', '/users', { address: 'dave@example.test', password: 'secret' })).status, 204);
  assert.equal(await changeUser(t, relay, 'add', 'frank'), 0);
  for (const user of users) assert.equal(await waiting(user), 0);
});

test('what is deleted from the terminal is counted no more', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: [...admin, ...forEveryone] });
  await writeTo(t, relay, 'bob', 'bob');
  const call = adminOf(relay);
  assert.equal((await call('GET', '/messages')).json.messages, 2);
  assert.equal(await changeUser(t, relay, 'remove', 'bob'), 0);
  assert.deepEqual((await call('GET', '/messages')).json, { messages: 0, bytes: 0 });
});

test('where an account is to be added that there is, its messages stay; where they cannot be deleted, none is added', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: [...admin, ...forEveryone] });
  const call = adminOf(relay);
  await writeTo(t, relay, 'bob');
  assert.equal((await call('POST', '/users', { address: 'bob@example.test', password: 'secret' })).status, 409);
  assert.equal(await changeUser(t, relay, 'add', 'bob'), 1);
  assert.equal((await call('GET', '/messages/bob@example.test')).json.length, 1);
  hideTable(join(relay.data, 'mailbox.sqlite'), 'messages');
  assert.equal((await call('POST', '/users', { address: 'dave@example.test', password: 'secret' })).status, 503);
  assert.equal(await changeUser(t, relay, 'add', 'dave'), 1);
  assert.deepEqual((await call('GET', '/users')).json, ['bob@example.test']);
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
  const relay = await startRelay(t, [...admin, '--admin-token-file', tokenFile()]);
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
  const file = tokenFile();
  assert.equal((await check('--admin', '0.0.0.0:0', '--admin-token-file', file)).code, 0);
  chmodSync(file, 0o644);
  assert.match((await check(...admin, '--admin-token-file', file)).stderr, /must be closed to others/);
  chmodSync(file, 0o600);
  writeFileSync(file, 'short\n');
  assert.match((await check(...admin, '--admin-token-file', file)).stderr, /at least 16 characters/);
  assert.match((await check(...admin, '--admin-token-file', `${file}.none`)).stderr, /cannot be read/);
});
