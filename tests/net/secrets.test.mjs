import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { udpPhone } from '../support/phones.mjs';
import { passwordOf, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const token = 'correct horse battery staple';

/** Signs in; gives the status and what must not be found in the log. */
async function signIn(client, user, password, algorithm, contact, options = {}) {
  client.send(register(user, contact, options));
  const challenge = await client.message();
  const proof = authorization(challenge, algorithm, user, password, 'REGISTER', 'sip:example.test');
  client.send(register(user, contact, { ...options, CSeq: '2 REGISTER', ...proof }));
  const secrets = [/nonce="([^"]+)"/.exec(challenge)[1], /response="([^"]+)"/.exec(proof.Authorization)[1]];
  return { status: status(await client.message()), secrets };
}

test('at the most talkative level no secret is logged: none of users, of the operator, of the relay; and nothing that was said', async (t) => {
  const directory = temporaryDirectory();
  const { certificate, key } = makeCertificate(directory, 'relay');
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  const relay = await startWithUsers(t, ['alice', 'bob'], {
    args: [
      ...['--log-level', 'trace', '--trace', 'followed', '--admin', '127.0.0.1:0', '--admin-token-file', tokenFile],
      ...['--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key, '--limit-wrong-passwords', '1'],
    ],
  });
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  const phone = await udpPhone(t, relay.ports.udp);
  const overUdp = { transport: 'UDP', 'Call-ID': 'followed', sentBy: `127.0.0.1:${phone.port}` };
  const contact = 'sip:alice@client.invalid;transport=ws';
  const attempts = [
    await signIn(alice, 'alice', passwordOf('alice'), 'SHA-256', contact, { 'Call-ID': 'followed' }),
    await signIn(phone, 'bob', passwordOf('bob'), 'MD5', `sip:bob@127.0.0.1:${phone.port}`, overUdp),
    await signIn(alice, 'nobody', 'a wrong guess', 'SHA-256', contact),
    await signIn(alice, 'nobody', 'another guess', 'SHA-256', contact),
  ];
  assert.deepEqual(attempts.map((attempt) => attempt.status), [200, 200, 401, 503]);

  const carol = await WebSocketClient.open(t, relay.ports.ws);
  carol.send(instantMessage('carol', 'alice', 'said in confidence', { 'Call-ID': 'followed', From: '<sip:carol@example.net>;tag=1' }));
  alice.send(ok(await alice.message()));
  assert.equal(status(await carol.message()), 200);

  const admin = (method, path, authorized, body) =>
    ask(servicePort(relay, 'admin'), path, {
      method,
      headers: { Authorization: `Bearer ${authorized}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  assert.equal((await admin('POST', '/users', token, { address: 'dave@example.test', password: 'given in a POST' })).status, 204);
  assert.equal((await admin('PUT', '/users/dave@example.test/password', token, { password: 'given in a PUT' })).status, 204);
  assert.equal((await admin('PUT', '/users/dave@example.test/password', 'a mistaken token', { password: 'x' })).status, 401);
  assert.equal((await admin('POST', '/users', token, { address: 'da\r\nX-Evil: 1@example.test', password: 'x' })).status, 400);
  await relay.signal('SIGHUP', /the configuration is read anew/);
  await relay.end();

  const hashed = ['md5', 'sha256', 'sha512-256'].flatMap((name) =>
    ['alice', 'bob'].map((user) => createHash(name).update(`${user}:example.test:${passwordOf(user)}`).digest('hex')),
  );
  const said = ['said in confidence', passwordOf('alice'), passwordOf('bob'), 'wrong guess', 'another guess', 'given in a P', token, 'mistaken token'];
  const keyLine = readFileSync(key, 'utf8').split('\n')[1];
  assert.match(relay.log, /trace followed: asks for an account/);
  for (const secret of [...attempts.flatMap(({ secrets }) => secrets), ...hashed, ...said, keyLine]) {
    assert.ok(secret.length > 8);
    assert.ok(!relay.log.includes(secret), secret);
  }
  assert.doesNotMatch(relay.log, /X-Evil|response=|Bearer|BEGIN/);
});
