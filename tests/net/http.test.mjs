import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { closed } from '../support/socket.mjs';

/** Sends bytes as they are and reads until the relay closes. */
async function exchange(port, text) {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk));
  const end = closed(socket);
  socket.write(text);
  await soon(end, 'the relay to close');
  return answer;
}

const get = (port, target, method = 'GET', more = '') =>
  exchange(port, `${method} ${target} HTTP/1.1\r\nHost: relay.test\r\nConnection: close\r\n${more}\r\n`);
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

async function startWithPage(t, args = []) {
  const directory = temporaryDirectory();
  const web = join(directory, 'web');
  mkdirSync(join(web, 'deep'), { recursive: true });
  writeFileSync(join(directory, 'outside.txt'), 'secret');
  writeFileSync(join(web, 'index.html'), '<h1>page</h1>');
  writeFileSync(join(web, '.hidden'), 'secret');
  writeFileSync(join(web, 'deep', 'sipmsg.wasm'), 'wasm');
  writeFileSync(join(web, 'with space.js'), 'js');
  symlinkSync('../outside.txt', join(web, 'link.txt'));
  return startRelay(t, ['--web', web, ...args]);
}

test('the page is served with its content types and a strict policy', async (t) => {
  const { ports } = await startWithPage(t);
  const types = { '/': 'text/html; charset=utf-8', '/deep/sipmsg.wasm?v=1': 'application/wasm', '/with%20space.js': 'text/javascript; charset=utf-8' };
  for (const [target, type] of Object.entries(types)) {
    const response = await fetch(`http://127.0.0.1:${ports.ws}${target}`);
    assert.equal(response.status, 200, target);
    assert.equal(response.headers.get('content-type'), type);
    assert.equal(response.headers.get('cache-control'), 'no-cache');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const policy = response.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    for (const part of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"]) assert.ok(policy.includes(part), part);
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(response.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.doesNotMatch(policy, /'unsafe-eval'/);
    await response.text();
  }
  assert.match(await get(ports.ws, '/'), /\r\n\r\n<h1>page<\/h1>$/);
});

test('the page is told what the operator states of the path, and nothing where there is no page', async (t) => {
  const settings = async ({ ports }) => (await fetch(`http://127.0.0.1:${ports.ws}/settings.json`)).json();
  assert.deepEqual(await settings(await startWithPage(t)), { congestionSafe: false });
  assert.deepEqual(await settings(await startWithPage(t, ['--message-path', 'congestion-safe'])), { congestionSafe: true });
  const { ports } = await startRelay(t);
  assert.equal(statusOf(await get(ports.ws, '/settings.json')), 404);
  const head = await get((await startWithPage(t)).ports.ws, '/settings.json', 'HEAD');
  assert.match(head, /Content-Type: application\/json\r\n/);
  assert.ok(head.endsWith('\r\n\r\n'));
});

test('HEAD gives the header alone', async (t) => {
  const { ports } = await startWithPage(t);
  const answer = await get(ports.ws, '/', 'HEAD');
  assert.equal(statusOf(answer), 200);
  assert.match(answer, /Content-Length: 13\r\n/);
  assert.ok(answer.endsWith('\r\n\r\n'));
  assert.ok((await get(ports.ws, '/none', 'HEAD')).endsWith('\r\n\r\n'));
});

test('a large file comes whole, and costs HEAD nothing', async (t) => {
  const directory = temporaryDirectory();
  const content = 'a line of many\n'.repeat(500_000);
  writeFileSync(join(directory, 'large.txt'), content);
  const { ports } = await startRelay(t, ['--web', directory]);
  const response = await fetch(`http://127.0.0.1:${ports.ws}/large.txt`);
  assert.equal(response.headers.get('content-length'), String(content.length));
  assert.ok((await response.text()) === content);
  const head = await get(ports.ws, '/large.txt', 'HEAD');
  assert.match(head, new RegExp(`Content-Length: ${content.length}\r\n`));
  assert.ok(head.endsWith('\r\n\r\n'));
});

test('one connection serves several requests', async (t) => {
  const { ports } = await startWithPage(t);
  const one = 'GET / HTTP/1.1\r\nHost: relay.test\r\n';
  const answer = await exchange(ports.ws, `${one}\r\n${one}\r\n${one}Connection: close\r\n\r\n`);
  assert.equal(answer.split('<h1>page</h1>').length, 4);
});

test('nothing outside the directory and nothing hidden is served', async (t) => {
  const { ports } = await startWithPage(t);
  const targets = ['/../outside.txt', '/%2e%2e/outside.txt', '/..%2foutside.txt', '/deep/../../outside.txt', '/link.txt', '/.hidden',
    '/deep', '/deep/', '/none', '//etc/passwd', '/%00', '/%zz', '/index.html%00.js'];
  for (const target of targets) {
    const answer = await get(ports.ws, target);
    assert.equal(statusOf(answer), 404, target);
    assert.doesNotMatch(answer, /secret/);
  }
});

test('a method that is not served, and what is no HTTP, is refused in words', async (t) => {
  const { ports } = await startWithPage(t);
  const post = await get(ports.ws, '/', 'POST', 'Content-Length: 3\r\n\r\nabc');
  assert.equal(statusOf(post), 405);
  assert.match(post, /Allow: GET, HEAD\r\n/);
  assert.equal(statusOf(await exchange(ports.ws, 'OPTIONS sip:a SIP/2.0\r\n\r\n')), 400);
  assert.equal(statusOf(await exchange(ports.ws, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n')), 400);
  assert.equal(statusOf(await get(ports.ws, `/${'a'.repeat(10_000)}`)), 400);
});

test('without a page directory there is nothing to see, but a sentence', async (t) => {
  const { ports } = await startRelay(t);
  const answer = await get(ports.ws, '/');
  assert.equal(statusOf(answer), 404);
  assert.match(answer, /no such page/);
});

test('a WebSocket without the subprotocol sip is refused with a sentence', async (t) => {
  const { ports } = await startRelay(t);
  const upgrade = (protocol) =>
    exchange(ports.ws,
      'GET / HTTP/1.1\r\nHost: relay.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}\r\n`);
  for (const protocol of ['', 'Sec-WebSocket-Protocol: chat\r\n', 'Sec-WebSocket-Protocol: chat, SIP2\r\n']) {
    const answer = await upgrade(protocol);
    assert.equal(statusOf(answer), 400);
    assert.match(answer, /subprotocol "sip"/);
  }
});
