// Certificates as certbot keeps them, handed to the relay by the hook in docs/operating.md.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { adapted, block } from '../support/manual.mjs';
import { tlsPhone } from '../support/phones.mjs';
import { program, runProgram, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const heading = "On the internet, with certificates of Let's Encrypt";

/** The relay must not run as root: where the test does, it runs as nobody. */
const isRoot = process.getuid() === 0;
const nobody = 65_534;
const as = (directory) => {
  if (!isRoot) return {};
  const file = join(directory, 'sipmsg-relay');
  if (!existsSync(file)) copyFileSync(program, file);
  return { uid: nobody, gid: nobody, file };
};
const owner = isRoot ? `-o root -g ${nobody}` : `-o ${process.getuid()} -g ${process.getgid()}`;

/** Of the certificate, as certbot names it. */
const domain = 'example.test';

/** certbot's directories: each renewal puts a certificate and its key into archive/, where live/ leads by links. */
class Lineage {
  #authority;
  #directory;
  #count = 0;

  constructor(directory) {
    this.#directory = directory;
    this.#authority = makeAuthority(directory);
    for (const name of ['archive', 'live']) mkdirSync(join(directory, name, domain), { recursive: true, mode: 0o700 });
  }

  get ca() {
    return readFileSync(this.#authority.certificate);
  }
  get live() {
    return join(this.#directory, 'live', domain);
  }

  /** Gives the fingerprint of the new certificate. */
  renew() {
    const number = ++this.#count;
    const { certificate, key, ca } = this.#authority.issue(`example.test-${number}`, 'DNS:example.test,IP:127.0.0.1');
    const put = (name, content, mode) => {
      writeFileSync(join(this.#directory, 'archive', domain, `${name}${number}.pem`), content, { mode });
      const link = join(this.live, `${name}.pem`);
      if (number > 1) unlinkSync(link);
      symlinkSync(join('..', '..', 'archive', domain, `${name}${number}.pem`), link);
    };
    put('fullchain', Buffer.concat([readFileSync(certificate), this.ca]), 0o644);
    put('privkey', readFileSync(key), 0o600);
    return new X509Certificate(ca).fingerprint256;
  }
}

/** Runs the hook as certbot does after renewals, of which one is nothing to the relay. `reload` stands for systemctl's. */
function deploy(directory, lineage, reload) {
  const hook = join(directory, 'hook');
  const script = adapted(block(heading, 'sh'), { 'example.org': domain, '-o root -g sipmsg': owner, '/etc/sipmsg/tls': join(directory, 'tls'), 'systemctl reload sipmsg-relay': reload });
  writeFileSync(hook, script, { mode: 0o755 });
  for (const renewed of [lineage.live, join(dirname(lineage.live), 'another.test')])
    execFileSync(hook, { env: { ...process.env, RENEWED_LINEAGE: renewed } });
}

async function shown(t, port, ca) {
  const phone = await tlsPhone(t, port, { ca });
  const { fingerprint256 } = phone.socket.getPeerCertificate();
  phone.close();
  return fingerprint256;
}

test('a renewed certificate is handed over by the hook and shown from then on, while connections that stand go on', async (t) => {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o711);
  const lineage = new Lineage(directory);
  const first = lineage.renew();
  deploy(directory, lineage, 'true');

  mkdirSync(join(directory, 'web'), { mode: 0o755 });
  const config = JSON.parse(adapted(block(heading, 'json'), { '/etc/sipmsg/tls': join(directory, 'tls'), '/var/lib/sipmsg': ':memory:', '/usr/share/sipmsg/web': join(directory, 'web') }));
  for (const name of ['wss', 'udp', 'tcp', 'tls']) config[name] = config[name].map((address) => address.replace(/^0\.0\.0\.0:\d+$/, '127.0.0.1:0').replace(/^\[::\]:\d+$/, '[::1]:0'));
  Object.assign(config, { metrics: '127.0.0.1:0', domain: 'example.test' });
  const file = join(directory, 'relay.json');
  writeFileSync(file, JSON.stringify(config));
  const relay = await startRelay(t, ['--config', file], as(directory));
  const port = Number(/listening tls 127\.0\.0\.1:(\d+)/.exec(relay.log)[1]);
  const wss = Number(/listening wss 127\.0\.0\.1:(\d+)/.exec(relay.log)[1]);
  assert.equal(await shown(t, port, lineage.ca), first);
  const alice = await WebSocketClient.open(t, wss, { tls: { ca: lineage.ca } });
  alice.send(register('alice', 'sip:alice@client.invalid;transport=ws'));
  assert.equal(status(await alice.message()), 200);

  const second = lineage.renew();
  assert.notEqual(second, first);
  const start = relay.log.length;
  deploy(directory, lineage, `kill -HUP ${relay.child.pid}`);
  await relay.says(/the configuration is read anew/, start);
  assert.equal(await shown(t, port, lineage.ca), second);
  await converse(alice, alice, instantMessage('alice', 'alice', 'to myself'), 'to myself');
});

test('a key that the relay may not read is told by name, and so is a link that leads nowhere', async (t) => {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o711);
  const lineage = new Lineage(directory);
  lineage.renew();
  const check = () =>
    runProgram(t, ['--check-config', '--tls', '127.0.0.1:0', '--data', ':memory:', '--certificate', join(lineage.live, 'fullchain.pem'), '--private-key', join(lineage.live, 'privkey.pem')], { as: as(directory) });
  const { code, stderr } = await check();
  if (isRoot) assert.match(stderr, /certificate: cannot use .*Permission denied/);
  else assert.equal(code, 0, stderr);
  renameSync(join(directory, 'archive'), join(directory, 'gone'));
  assert.match((await check()).stderr, /certificate: cannot use/);
});
