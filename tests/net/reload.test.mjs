import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ask, servicePort } from '../support/http.mjs';
import { signIn, writes } from '../support/mail.mjs';
import { udpPhone } from '../support/phones.mjs';
import { passwordOf, soon, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, body, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A relay with a configuration file, and how to write that anew. */
async function startWithFile(t, content) {
  const file = join(temporaryDirectory(), 'relay.json');
  const write = (next) => writeFileSync(file, JSON.stringify(next));
  write(content);
  return { relay: await startRelay(t, ['--config', file]), write };
}

test('SIGHUP: what may change changes at once, and the log tells what waits for a restart', async (t) => {
  const { relay, write } = await startWithFile(t, {});
  const from = (origin) => WebSocketClient.open(t, relay.ports.ws, { origin });
  await assert.rejects(from('https://shop.example'), /403/);
  const standing = await WebSocketClient.open(t, relay.ports.ws);
  write({ origin: 'https://shop.example', route: 'example.net=udp:127.0.0.1:9', trace: ['followed'], web: '.', metrics: '127.0.0.1:0' });
  await relay.signal('SIGHUP', /the configuration is read anew/);
  await from('https://shop.example');
  assert.match(relay.log, /warning.* web: what is new of it waits for a restart/);
  assert.match(relay.log, /warning.* metrics: what is new of it waits for a restart/);
  assert.doesNotMatch(relay.log, /(origin|route|trace): what is new/);
  standing.send(register('bob', 'sip:bob@client.invalid;transport=ws', { 'Call-ID': 'followed' }));
  assert.equal(status(await standing.message()), 200);
  await relay.says(/trace followed: from ws .*: REGISTER sip:example\.test SIP\/2\.0/);
});

test('SIGHUP: whom the admin API has followed stays followed, until the configuration names others than before', async (t) => {
  const content = { admin: '127.0.0.1:0', trace: ['of-the-file'] };
  const { relay, write } = await startWithFile(t, content);
  const headers = { 'Content-Type': 'application/json' };
  const asked = await ask(servicePort(relay, 'admin'), '/trace', { method: 'PUT', headers, body: '["of-the-api"]' });
  assert.equal(asked.status, 204);
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  const followed = async () => {
    const start = relay.log.length;
    for (const id of ['of-the-file', 'of-the-api', 'of-the-new-file']) {
      bob.send(register('bob', 'sip:bob@client.invalid;transport=ws', { 'Call-ID': id }));
      assert.equal(status(await bob.message()), 200);
    }
    await relay.signal('SIGHUP', /the configuration is read anew/); // and what was logged before it is here
    return [...relay.log.slice(start).matchAll(/trace (\S+): is new/g)].map(([, id]) => id);
  };
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.deepEqual(await followed(), ['of-the-api']);
  write({ ...content, trace: ['of-the-new-file'] });
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.deepEqual(await followed(), ['of-the-new-file']);
});

test('SIGHUP: the admin API is opened by the token that its file holds now, and by no other', async (t) => {
  const tokenFile = join(temporaryDirectory(), 'token');
  const hold = (token, file = tokenFile) => writeFileSync(file, `${token}\n`, { mode: 0o600 });
  hold('the token of before');
  const { relay, write } = await startWithFile(t, { admin: '127.0.0.1:0', 'admin-token-file': tokenFile });
  const answer = async (token) => (await ask(servicePort(relay, 'admin'), '/registrations', { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.deepEqual([await answer('the token of before'), await answer('the token of now')], [200, 401]);
  hold('the token of now');
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.deepEqual([await answer('the token of before'), await answer('the token of now')], [401, 200]);
  hold('the token of another file', `${tokenFile}.other`);
  write({ admin: '127.0.0.1:0', 'admin-token-file': `${tokenFile}.other` });
  await relay.signal('SIGHUP', /the configuration is read anew/); // which waits for a restart with that
  assert.deepEqual([await answer('the token of another file'), await answer('the token of now')], [401, 200]);
  write({ admin: '127.0.0.1:0', 'admin-token-file': tokenFile });
  hold('short');
  await relay.signal('SIGHUP', /stays as it was: admin-token-file/);
  assert.deepEqual([await answer('short'), await answer('the token of now')], [401, 200]);
});

test('SIGHUP: a new route leads the next message there', async (t) => {
  const [first, second] = [await udpPhone(t, 0), await udpPhone(t, 0)];
  const routeTo = ({ port }) => ({ route: `example.net=udp:127.0.0.1:${port}` });
  const { relay, write } = await startWithFile(t, routeTo(first));
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  const arrives = async (phone, text) => {
    alice.send(instantMessage('alice', 'dave', text, { uri: 'sip:dave@example.net', To: '<sip:dave@example.net>' }));
    const received = await phone.message(text);
    assert.equal(body(received), text);
    phone.send(ok(received), relay.ports.udp);
    assert.equal(status(await alice.message()), 200);
  };
  await arrives(first, 'by the first');
  write(routeTo(second));
  await relay.signal('SIGHUP', /the configuration is read anew/);
  await arrives(second, 'by the second');
});

test('SIGHUP: quotas and limits count for the next message', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  const write = (next) => writeFileSync(file, JSON.stringify(next));
  write({ 'mailbox-messages': '2', 'limit-wrong-passwords': '100' });
  const relay = await startWithUsers(t, ['bob'], { args: ['--config', file, '--mailbox', 'everyone'] });
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const stored = async (text) => {
    carol.send(instantMessage('carol', 'bob', text, { From: '<sip:carol@example.net>;tag=1' }));
    return (await carol.message()).split('\r\n')[0];
  };
  let attempt = 0;
  const guessed = async () => {
    const guess = (more) => register('bob', 'sip:bob@client.invalid;transport=ws', { 'Call-ID': 'guesses', CSeq: `${++attempt} REGISTER`, ...more });
    carol.send(guess({}));
    const proof = authorization(await carol.message(), 'SHA-256', 'bob', 'a guess', 'REGISTER', 'sip:example.test');
    carol.send(guess(proof));
    return status(await carol.message());
  };
  assert.equal(await stored('one'), 'SIP/2.0 202 Accepted');
  assert.equal(await stored('two'), 'SIP/2.0 480 Mailbox Full');
  for (let i = 0; i < 3; ++i) assert.equal(await guessed(), 401);
  write({ 'mailbox-messages': '4', 'limit-wrong-passwords': '1' });
  await relay.signal('SIGHUP', /the configuration is read anew/);
  assert.equal(await stored('two'), 'SIP/2.0 202 Accepted');
  assert.equal(await stored('three'), 'SIP/2.0 480 Mailbox Full');
  assert.equal(await guessed(), 503);
});

test('SIGHUP: with anything wrong all stays as it was, and everything wrong is told', async (t) => {
  const { relay, write } = await startWithFile(t, { origin: 'https://shop.example' });
  write({ origin: 'https://evil.example', colour: 'red', 'drain-seconds': '0', web: '/nope', 'admin-token-file': '/nonexistent' });
  await relay.signal('SIGHUP', /stays as it was: admin-token-file: .* cannot be read/);
  for (const why of [/stays as it was: .*"drain-seconds" must be a number/, /stays as it was: .*"colour" is unknown/, /stays as it was: web: there is no directory/])
    await relay.says(why);
  await WebSocketClient.open(t, relay.ports.ws, { origin: 'https://shop.example' });
  await assert.rejects(WebSocketClient.open(t, relay.ports.ws, { origin: 'https://evil.example' }), /403/);
  write({ 'trusted-authorities': '/nonexistent' });
  await relay.signal('SIGHUP', /stays as it was: trusted-authorities: cannot use/);
});

test('SIGHUP: a relay whose own directory is gone stays as it was, and still hears SIGTERM', async (t) => {
  const directory = temporaryDirectory();
  const cwd = join(directory, 'cwd');
  mkdirSync(join(cwd, 'web'), { recursive: true });
  const relay = await startRelay(t, ['--web', 'web', '--data', join(directory, 'data')], { cwd });
  rmSync(cwd, { recursive: true });
  await relay.signal('SIGHUP', /stays as it was: web: there is no directory "web"/);
  await relay.end();
});

/** Puts a pipe in the place of a file, so that whoever reads that waits for what is written; gives it. */
function asPipe(file) {
  rmSync(file);
  execFileSync('mkfifo', ['-m', '600', file]);
  return openSync(file, 'r+'); // which waits for nobody to read
}

/** Waits until something holds true; what it looks at tells of no change. */
async function until(holds, what) {
  let isOver = false;
  const look = async () => {
    while (!holds() && !isOver) await setImmediate();
  };
  await soon(look(), what).finally(() => (isOver = true));
}

test('SIGHUP: however many came while the relay was busy, SIGTERM goes before them', async (t) => {
  const file = join(temporaryDirectory(), 'relay.json');
  writeFileSync(file, '{}');
  const relay = await startRelay(t, ['--config', file]);
  const process = `/proc/${relay.child.pid}`;
  const pipe = asPipe(file);
  const isReading = () => readdirSync(`${process}/fd`).some((descriptor) => readlinkSync(`${process}/fd/${descriptor}`) === file);
  const isHeard = () => /^ShdPnd:\s0+$/m.test(readFileSync(`${process}/status`, 'utf8'));
  relay.child.kill('SIGHUP');
  await until(isReading, 'the relay to read its configuration');
  for (const signal of ['SIGHUP', 'SIGHUP', 'SIGHUP', 'SIGHUP', 'SIGHUP', 'SIGTERM']) {
    relay.child.kill(signal);
    await until(isHeard, 'the relay to hear a signal');
  }
  writeFileSync(`${file}.next`, '{}');
  renameSync(`${file}.next`, file);
  writeSync(pipe, '{}');
  closeSync(pipe);
  await relay.says(/draining/);
  const before = relay.log.slice(0, relay.log.indexOf('draining'));
  assert.ok(before.match(/the configuration is read anew/g).length <= 2, relay.log);
});

test('SIGHUP: what is found to be in order is what is adopted: each file is read once', async (t) => {
  const tokenFile = join(temporaryDirectory(), 'token');
  const hold = (token) => writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  hold('the token of before');
  const { relay } = await startWithFile(t, { admin: '127.0.0.1:0', 'admin-token-file': tokenFile });
  const pipe = asPipe(tokenFile);
  t.after(() => closeSync(pipe));
  writeSync(pipe, 'the token of now\n');
  await relay.signal('SIGHUP', /the configuration is read anew/);
  const headers = { Authorization: 'Bearer the token of now' };
  assert.equal((await ask(servicePort(relay, 'admin'), '/registrations', { headers })).status, 200);
});

test('SIGHUP: what could not run until a restart changes nothing, and the log tells what needs one first', async (t) => {
  const { relay, write } = await startWithFile(t, { 'connection-reuse': 'trusted', trusted: '192.0.2.7' });
  write({ origin: 'https://shop.example' });
  await relay.signal('SIGHUP', /stays as it was: connection-reuse: what is new of it needs a restart first/);
  await relay.says(/stays as it was: connection-reuse: needs at least one --trusted/);
  await assert.rejects(WebSocketClient.open(t, relay.ports.ws, { origin: 'https://shop.example' }), /403/);
  write({ 'connection-reuse': 'trusted', trusted: '192.0.2.8', origin: 'https://shop.example' });
  await relay.signal('SIGHUP', /the configuration is read anew/);
  await WebSocketClient.open(t, relay.ports.ws, { origin: 'https://shop.example' });
});

test('logs are JSON if so wished, and hold at no level what is said or what proves who says it', async (t) => {
  const relay = await startWithUsers(t, ['bob'], { args: ['--log-format', 'json', '--log-level', 'trace', '--trace', 'followed'] });
  const bob = await WebSocketClient.open(t, relay.ports.ws);
  const contact = 'sip:bob@client.invalid;transport=ws';
  bob.send(register('bob', contact, { 'Call-ID': 'followed' }));
  const challenge = await bob.message();
  const proof = authorization(challenge, 'SHA-256', 'bob', passwordOf('bob'), 'REGISTER', 'sip:example.test');
  bob.send(register('bob', contact, { 'Call-ID': 'followed', CSeq: '2 REGISTER', ...proof }));
  assert.equal(status(await bob.message()), 200);
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const options = { uri: 'sip:bob:in-the-uri@example.test', 'Call-ID': 'followed', From: '<sip:carol@example.net>;tag=1' };
  carol.send(instantMessage('carol', 'bob', 'said in confidence', options));
  const received = await bob.message();
  assert.equal(body(received), 'said in confidence');
  bob.send(ok(received));
  assert.equal(status(await carol.message()), 200);
  await relay.says(/trace followed: to ws .*MESSAGE .*\n/);
  const entries = relay.log.slice(0, relay.log.lastIndexOf('\n')).split('\n').map((line) => JSON.parse(line));
  assert.ok(entries.some(({ level, message }) => level === 'trace' && message.includes('MESSAGE sip:bob:...@example.test')));
  assert.ok(entries.some(({ level, message }) => level === 'info' && message.startsWith('trace followed: asks for an account')));
  const traced = entries.filter(({ message }) => message.startsWith('trace '));
  assert.deepEqual(new Set(traced.map(({ call_id }) => call_id)), new Set(['followed']));
  assert.ok(entries.some(({ flow, message, call_id }) => call_id === undefined && message.startsWith(`flow ${flow} -> REGISTER`)));
  for (const { time } of entries) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const [, response] = /response="([^"]+)"/.exec(Object.values(proof)[0]);
  const [, nonce] = /nonce="([^"]+)"/.exec(challenge);
  for (const secret of ['said in confidence', passwordOf('bob'), 'in-the-uri', response, nonce]) assert.ok(!relay.log.includes(secret), secret);
});

test('at info the log has no line for a message, whatever becomes of it', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob', 'dave'], { args: ['--log-level', 'info'] });
  const [alice, bob] = [await signIn(t, relay.ports.ws, 'alice'), await signIn(t, relay.ports.ws, 'bob')];
  const linesOf = async (what) => {
    await relay.signal('SIGHUP', /the configuration is read anew\n/);
    const start = relay.log.length;
    await what();
    await relay.signal('SIGHUP', /the configuration is read anew\n/); // and what was logged before it is here
    return relay.log.slice(start).trim().split('\n');
  };
  const messages = async () => {
    for (let i = 0; i < 10; ++i) {
      const answer = writes(alice, 'alice', 'bob', 'hello');
      bob.send(ok(await bob.message()));
      assert.equal(status(await answer), 200);
    }
    for (const [to, expected] of Object.entries({ dave: 202, nobody: 404 })) assert.equal(status(await writes(alice, 'alice', to, 'hello')), expected);
  };
  assert.equal((await linesOf(messages)).length, (await linesOf(() => {})).length);
});
