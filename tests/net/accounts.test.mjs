import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { forEveryone, fromStranger, signIn } from '../support/mail.mjs';
import { runProgram, soon, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** Registers with a password; gives the status after the challenge. */
async function logIn(client, user, password, algorithm = 'SHA-256') {
  const contact = `sip:${user}@client.invalid;transport=ws`;
  client.send(register(user, contact));
  const refusal = await client.message();
  assert.equal(status(refusal), 401);
  client.send(register(user, contact, { CSeq: '2 REGISTER', ...authorization(refusal, algorithm, user, password, 'REGISTER', 'sip:example.test') }));
  return status(await client.message());
}

async function startWithAccounts(t, users) {
  const data = join(temporaryDirectory(), 'data');
  const account = (action, user, password) => runProgram(t, ['user', action, `${user}@example.test`, '--data', data], { input: `${password}\n` });
  for (const user of users) assert.equal((await account('add', user, `${user}'s secret`)).code, 0);
  const relay = await startRelay(t, ['--data', data, '--auth', 'digest']);
  return { relay, account };
}

test('the right password registers by SHA-256 and by MD5, a wrong one or an unknown user does not', async (t) => {
  const { relay } = await startWithAccounts(t, ['alice']);
  const client = await WebSocketClient.open(t, relay.ports.ws);
  assert.equal(await logIn(client, 'alice', "alice's secret"), 200);
  assert.equal(await logIn(client, 'alice', "alice's secret", 'MD5'), 200);
  // The same, or whoever asks would learn who exists.
  assert.equal(await logIn(client, 'alice', 'guess'), 401);
  assert.equal(await logIn(client, 'mallory', 'guess'), 401);
});

test('accounts change while the relay runs', async (t) => {
  const { relay, account } = await startWithAccounts(t, ['alice']);
  const client = await WebSocketClient.open(t, relay.ports.ws);
  assert.notEqual(await logIn(client, 'bob', 'late'), 200);
  assert.equal((await account('add', 'bob', 'late')).code, 0);
  assert.equal(await logIn(client, 'bob', 'late'), 200);
  assert.equal((await account('passwd', 'bob', 'new')).code, 0);
  assert.notEqual(await logIn(client, 'bob', 'late'), 200);
  assert.equal((await account('remove', 'bob')).code, 0);
  assert.notEqual(await logIn(client, 'bob', 'new'), 200);
});

test('SIGHUP: whom the command line has removed is reached no more, and nothing waits for them; others stay', async (t) => {
  const args = ['--metrics', '127.0.0.1:0', '--drain-seconds', '1', ...forEveryone];
  const relay = await startWithUsers(t, ['alice', 'bob'], { args });
  const [alice, bob] = [await signIn(t, relay.ports.ws, 'alice'), await signIn(t, relay.ports.ws, 'bob')];
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const removed = await runProgram(t, ['user', 'remove', 'bob@example.test', '--data', relay.data]);
  assert.equal(removed.code, 0, removed.stderr);
  carol.send(fromStranger('is it still you?'));
  bob.send(ok(await bob.message()).replace('200 OK', '480 Temporarily Unavailable'));
  assert.equal(status(await carol.message()), 202);
  await relay.signal('SIGHUP', /bob@example\.test has no account any more/);
  const isThere = async (line) => (await ask(servicePort(relay, 'metrics'), '/metrics')).text.split('\n').includes(line);
  let isOver = false;
  const forgotten = async () => {
    while (!isOver && !((await isThere('sipmsg_stored_messages 0')) && (await isThere('sipmsg_registered_users 1'))));
  };
  await soon(forgotten(), 'the end of the registration').finally(() => (isOver = true));
  carol.send(fromStranger('and now?'));
  assert.equal(status(await carol.message()), 480);
  const hello = instantMessage('carol', 'alice', 'hello', { From: '<sip:carol@example.net>;tag=1' });
  await converse(carol, alice, hello, 'hello');
});

test('SIGHUP: where everybody is believed there are no accounts, and nobody is registered no more', async (t) => {
  const relay = await startRelay(t);
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  bob.send(register('bob', 'sip:bob@client.invalid;transport=ws'));
  assert.equal(status(await bob.message()), 200);
  await relay.signal('SIGHUP', /the configuration is read anew/);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  await converse(alice, bob, instantMessage('alice', 'bob', 'hello'), 'hello');
});

test('a message needs the password of its sender; the unknown recipient and the absent one are told apart', async (t) => {
  const { relay } = await startWithAccounts(t, ['alice', 'bob', 'carol']);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  assert.equal(await logIn(bob, 'bob', "bob's secret"), 200);
  const write = async (to, password) => {
    alice.send(instantMessage('alice', to, 'hello'));
    const refusal = await alice.message();
    assert.equal(status(refusal), 407);
    const proof = authorization(refusal, 'SHA-256', 'alice', password, 'MESSAGE', `sip:${to}@example.test`);
    alice.send(instantMessage('alice', to, 'hello', { CSeq: '2 MESSAGE', ...proof }));
  };
  await write('bob', "alice's secret");
  const received = await bob.message();
  assert.doesNotMatch(received, /^proxy-authorization/im);
  bob.send(ok(received));
  assert.equal(status(await alice.message()), 200);
  await write('carol', "alice's secret");
  assert.equal(status(await alice.message()), 202);
  await write('nobody', "alice's secret");
  assert.equal(status(await alice.message()), 404);
  await write('bob', 'guess');
  assert.equal(status(await alice.message()), 407);
});

test('no log, however talkative, holds a password, its digests or what was written', async (t) => {
  const data = join(temporaryDirectory(), 'data');
  await runProgram(t, ['user', 'add', 'alice@example.test', '--data', data], { input: 'secret\n' });
  const relay = await startRelay(t, ['--data', data, '--auth', 'digest', '--log-level', 'trace']);
  const client = await WebSocketClient.open(t, relay.ports.ws);
  assert.equal(await logIn(client, 'alice', 'secret'), 200);
  client.send(instantMessage('alice', 'alice', 'between the two of us'));
  assert.equal(status(await client.message()), 407);
  await relay.end();
  assert.match(relay.log, /REGISTER sip:example\.test/);
  assert.doesNotMatch(relay.log, /secret|between the two of us|response=|nonce=/);
});
