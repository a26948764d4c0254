import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { makeCertificate, rsa } from '../support/certificate.mjs';
import { Arrivals, tcpEnd, tlsPhone } from '../support/phones.mjs';
import { soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { body, instantMessage, ok, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const ofOld = { minVersion: 'TLSv1', rejectUnauthorized: false };

/** The server of another domain: of each connection comes its end and by which suite it stands, or why there is none. */
async function tlsServer(t, { ciphers, ...options }) {
  const server = createServer({ ...ofOld, ...options, ciphers: `${ciphers}:@SECLEVEL=0` });
  const arrivals = new Arrivals();
  server.on('connection', (socket) => t.after(() => socket.destroy()));
  server.on('tlsClientError', (error) => arrivals.push({ error: error.code }));
  server.on('secureConnection', (socket) => arrivals.push({ suite: socket.getCipher().name, end: tcpEnd(t, socket) }));
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await soon(once(server, 'listening'), 'a port of TLS');
  return { port: server.address().port, connection: () => arrivals.next('a connection') };
}

const tls12 = (ciphers) => ({ ciphers, maxVersion: 'TLSv1.2' });
const servers = {
  'TLS 1.0 alone': { ciphers: 'DEFAULT', maxVersion: 'TLSv1' },
  'TLS 1.1 alone': { ciphers: 'DEFAULT', maxVersion: 'TLSv1.1' },
  "RSA's key exchange": tls12('AES128-GCM-SHA256'),
  CBC: tls12('ECDHE-RSA-AES128-SHA256'),
  "CBC of TLS 1.0's time": tls12('ECDHE-RSA-AES256-SHA'),
  'the older Diffie-Hellman': { ...tls12('DHE-RSA-AES128-GCM-SHA256'), dhparam: 'auto' },
  'TLS 1.2 as it should be': tls12('ECDHE-RSA-AES128-GCM-SHA256'),
  'TLS 1.3': { ciphers: 'DEFAULT' },
};
const spoken = ['TLS 1.2 as it should be', 'TLS 1.3'];

test('to a server that speaks old TLS alone, or suites without forward secrecy or authenticated encryption, nothing is said: 500', async (t) => {
  const { certificate, key, ca } = makeCertificate(temporaryDirectory(), 'server', 'DNS:other.test', { kind: rsa });
  for (const [kind, options] of Object.entries(servers)) {
    const server = await tlsServer(t, { key: readFileSync(key), cert: ca, ...options });
    // Others could speak with it.
    await tlsPhone(t, server.port, { ...ofOld, ciphers: 'DEFAULT:@SECLEVEL=0' });
    assert.ok((await server.connection()).suite, kind);

    const relay = await startRelay(t, ['--route', `other.test=tls:127.0.0.1:${server.port}`, '--trusted-authorities', certificate]);
    const alice = await WebSocketClient.open(t, relay.ports.ws);
    alice.send(instantMessage('alice', 'bob', 'in confidence', { uri: 'sip:bob@other.test', To: '<sip:bob@other.test>' }));
    const { suite, error, end } = await server.connection();
    if (spoken.includes(kind)) {
      assert.match(suite, options.maxVersion ? new RegExp(`^${options.ciphers}$`) : /^TLS_/);
      const received = await end.message();
      assert.equal(body(received), 'in confidence');
      end.send(ok(received));
      assert.equal(status(await alice.message()), 200);
    } else {
      assert.match(error, options.maxVersion === 'TLSv1.2' ? /^ERR_SSL_NO_SHARED_CIPHER$/ : /^ERR_SSL_UNSUPPORTED_PROTOCOL$/, kind);
      assert.equal(status(await alice.message()), 500, kind);
      await relay.says(/no TLS with tls 127\.0\.0\.1:\d+ for other\.test: /);
    }
  }
});
