// The relay behind nginx, by the configurations of both that docs/operating.md has.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { adapted, block } from '../support/manual.mjs';
import { freePort } from '../support/ports.mjs';
import { soon, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';
import { Program } from './program.mjs';
import { SdkClient } from './sdk_client.mjs';

const heading = 'Behind nginx';

/** The relay with the accounts of users, and where nginx brings browsers to it: { relay, port, ca }. */
async function startBoth(t, users) {
  const directory = temporaryDirectory();
  const { certificate, key, ca } = makeCertificate(directory, 'nginx');
  const [port, hidden] = [await freePort(), await freePort()];
  const file = join(directory, 'relay.json');
  const data = join(directory, 'data');
  const ports = { '127.0.0.1:8060': `127.0.0.1:${hidden}`, '0.0.0.0:5060': '127.0.0.1:0', '127.0.0.1:9090': '127.0.0.1:0' };
  writeFileSync(file, adapted(block(heading, 'json'), { ...ports, '"example.org"': '"example.test"', '/var/lib/sipmsg': data, '/usr/share/sipmsg/web': process.env.SIPMSG_WEB }));
  const relay = await startWithUsers(t, users, { data, ports: { ws: hidden }, args: ['--config', file] });

  const server = adapted(block(heading, 'nginx'), {
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    '/etc/letsencrypt/live/chat.example.org/fullchain.pem': certificate,
    '/etc/letsencrypt/live/chat.example.org/privkey.pem': key,
    '127.0.0.1:8060': `127.0.0.1:${hidden}`,
  });
  const buffers = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory};\n`).join('');
  const whole = `daemon off;\npid ${join(directory, 'pid')};\nerror_log stderr notice;\nevents {}\nhttp {\naccess_log off;\n${buffers}${server}}\n`;
  mkdirSync(join(directory, 'nginx'));
  writeFileSync(join(directory, 'nginx.conf'), whole);
  const nginx = Program.start(t, 'nginx', ['nginx', '-p', join(directory, 'nginx'), '-e', 'stderr', '-c', join(directory, 'nginx.conf')]);
  await nginx.says(/start worker process \d+/);
  return { relay, port, ca };
}

/** The page over HTTPS: { status, headers }. */
const page = (port, ca) =>
  soon(
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, ca, path: '/' }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, headers: answer.headers });
      });
      asked.on('error', reject).end();
    }),
    'the page',
  );

test('browsers get the page, sign in and write to each other through nginx, which ends TLS', async (t) => {
  const { port, ca } = await startBoth(t, ['alice', 'bob']);
  const { status, headers } = await page(port, ca);
  assert.equal(status, 200);
  assert.match(headers['content-security-policy'], /default-src/);
  const [alice, bob] = [await SdkClient.connected(t, port, 'alice', { ca }), await SdkClient.connected(t, port, 'bob', { ca })];
  await Promise.all([alice.delivers('bob', 'through nginx: grüße 👋'), bob.receives('alice', 'through nginx: grüße 👋')]);
  await Promise.all([bob.delivers('alice', 'and back'), alice.receives('bob', 'and back')]);
});

test('behind nginx the page of the relay may connect, and a page of another origin may not', async (t) => {
  const { port, ca } = await startBoth(t, []);
  await WebSocketClient.open(t, port, { tls: { ca }, origin: `https://127.0.0.1:${port}` });
  await assert.rejects(WebSocketClient.open(t, port, { tls: { ca }, origin: 'https://evil.example' }), /403/);
});
