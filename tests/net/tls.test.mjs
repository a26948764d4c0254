import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { makeCertificate, rsa } from '../support/certificate.mjs';
import { tlsPhone, udpPhone } from '../support/phones.mjs';
import { runProgram, soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A relay that speaks TLS; `tls` is what its clients trust. */
async function startSecure(t, args = [], kind = undefined) {
  const directory = temporaryDirectory();
  const { certificate, key, ca } = makeCertificate(directory, 'first', undefined, { kind });
  const files = ['--certificate', certificate, '--private-key', key];
  const relay = await startRelay(t, ['--wss', '127.0.0.1:0', '--tls', '127.0.0.1:0', ...files, ...args]);
  return { relay, directory, certificate, key, tls: { ca } };
}

async function registered(client, user, contact, transport) {
  client.send(register(user, contact, { transport }));
  const answer = await client.message();
  assert.equal(status(answer), 200, answer);
  return answer;
}

const browser = async (t, port, user, tls) => {
  const client = await WebSocketClient.open(t, port, { tls });
  await registered(client, user, `sip:${user}@client.invalid;transport=ws`, 'WSS');
  return client;
};

test('a browser over WSS and a phone over TLS exchange messages, and Via says so', async (t) => {
  const { relay, tls } = await startSecure(t);
  const alice = await browser(t, relay.ports.wss, 'alice', tls);
  const phone = await tlsPhone(t, relay.ports.tls, tls);
  await registered(phone, 'phone', `sip:phone@127.0.0.1:${phone.port};transport=tls`, 'TLS');
  const atAlice = await converse(phone, alice, instantMessage('phone', 'alice', 'from the phone', { transport: 'TLS' }), 'from the phone');
  assert.match(atAlice, /^Via: SIP\/2\.0\/WSS /m);
  const atPhone = await converse(alice, phone, instantMessage('alice', 'phone', 'from the browser', { transport: 'WSS' }), 'from the browser');
  assert.match(atPhone, /^Via: SIP\/2\.0\/TLS 127\.0\.0\.1:\d+;/m);
});

test('the page comes over HTTPS, with TLS 1.2 as with 1.3, and nothing older', async (t) => {
  const web = temporaryDirectory();
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>page</title>');
  const { relay, tls } = await startSecure(t, ['--web', web]);
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const asked = get({ port: relay.ports.wss, host: '127.0.0.1', ...tls, minVersion: version, maxVersion: version, agent: false });
    const [response] = await soon(once(asked, 'response'), 'the page');
    assert.equal(response.statusCode, 200);
    assert.equal(response.socket.getProtocol(), version);
    response.resume();
    await soon(once(response, 'end'), 'the end of the page');
  }
  for (const port of [relay.ports.wss, relay.ports.tls]) {
    const old = connect({ port, host: '127.0.0.1', ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const [error] = await soon(once(old, 'error'), 'the refusal');
    assert.match(error.code, /PROTOCOL_VERSION/);
  }
});

/** Suites of TLS 1.2: with RSA's key exchange, with CBC, with neither fault but the older Diffie-Hellman; then the modern ones. */
const suites = [
  [undefined, ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA'], ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305']],
  [
    rsa,
    ['AES128-GCM-SHA256', 'AES128-SHA', 'ECDHE-RSA-AES128-SHA256', 'ECDHE-RSA-AES256-SHA', 'DHE-RSA-AES128-GCM-SHA256'],
    ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ],
];

test('suites without forward secrecy or authenticated encryption are not spoken, whatever the certificate', async (t) => {
  for (const [kind, refused, spoken] of suites) {
    const { relay, tls } = await startSecure(t, [], kind);
    for (const port of [relay.ports.tls, relay.ports.wss]) {
      const over = (ciphers) => connect({ port, host: '127.0.0.1', ...tls, maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
      for (const ciphers of refused) {
        const [error] = await soon(once(over(ciphers), 'error'), `the refusal of ${ciphers}`);
        assert.match(error.code, /SSLV3_ALERT_HANDSHAKE_FAILURE/, ciphers);
      }
      for (const ciphers of spoken) {
        const modern = over(ciphers);
        await soon(once(modern, 'secureConnect'), ciphers);
        assert.equal(modern.getCipher().name, ciphers);
        modern.destroy();
      }
    }
  }
});

test('who speaks no TLS to a port of TLS is sent away, and others go on', async (t) => {
  const { relay, tls } = await startSecure(t);
  for (const port of [relay.ports.wss, relay.ports.tls]) await assert.rejects(WebSocketClient.open(t, port), /closed during the handshake/);
  const alice = await browser(t, relay.ports.wss, 'alice', tls);
  await converse(alice, alice, instantMessage('alice', 'alice', 'to myself', { transport: 'WSS' }), 'to myself');
});

test('SIGHUP reads the certificate anew; flows that stand go on, and one that is no good changes nothing', async (t) => {
  const { relay, directory, certificate, key, tls } = await startSecure(t);
  const alice = await browser(t, relay.ports.wss, 'alice', tls);
  const phone = await tlsPhone(t, relay.ports.tls, tls);
  await registered(phone, 'phone', `sip:phone@127.0.0.1:${phone.port};transport=tls`, 'TLS');
  const anybody = { tls: { rejectUnauthorized: false } };
  const shown = async () => [
    (await WebSocketClient.open(t, relay.ports.wss, anybody)).certificate.subject.CN,
    (await tlsPhone(t, relay.ports.tls, anybody.tls)).socket.getPeerCertificate().subject.CN,
  ];
  assert.deepEqual(await shown(), ['first', 'first']);

  const second = makeCertificate(directory, 'second');
  copyFileSync(second.certificate, certificate);
  await relay.signal('SIGHUP', /the configuration stays as it was: private-key: cannot use ".*": key values mismatch/);
  assert.deepEqual(await shown(), ['first', 'first']);

  copyFileSync(second.key, key);
  await relay.signal('SIGHUP', /the configuration is read anew/);
  await converse(alice, phone, instantMessage('alice', 'phone', 'still there?', { transport: 'WSS' }), 'still there?');
  await converse(phone, alice, instantMessage('phone', 'alice', 'still here', { transport: 'TLS' }), 'still here');
  assert.deepEqual(await shown(), ['second', 'second']);
});

test('a certificate that cannot be used keeps the relay from starting, in a line that names each file', async (t) => {
  const directory = temporaryDirectory();
  const first = makeCertificate(directory, 'first');
  const second = makeCertificate(directory, 'second');
  const cases = [
    [join(directory, 'missing.pem'), first.key, /^sipmsg-relay: certificate: cannot use ".*missing\.pem": .*\n$/],
    [join(directory, 'missing.pem'), join(directory, 'missing.key'), /^sipmsg-relay: certificate: cannot use ".*missing\.pem": .*\nsipmsg-relay: private-key: cannot use ".*missing\.key": .*\n$/],
    [first.certificate, first.certificate, /^sipmsg-relay: private-key: cannot use ".*first\.pem": .*\n$/],
    [first.certificate, second.key, /^sipmsg-relay: private-key: cannot use ".*second\.key": key values mismatch .*\n$/],
  ];
  for (const [certificate, key, expected] of cases) {
    const args = ['--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key, '--data', ':memory:'];
    const { code, stderr } = await runProgram(t, args);
    assert.equal(code, 1);
    assert.match(stderr, expected);
  }
});

/** A request whose answer, which has these lines as well, takes several records of TLS. */
function longRequest(transport) {
  const filler = (letter) => letter.repeat(8000);
  return request('OPTIONS', {
    ...{ transport, from: 'alice', to: 'bob', 'Call-ID': filler('c') },
    From: `"${filler('f')}" <sip:alice@example.test>;tag=1`,
    To: `"${filler('t')}" <sip:bob@example.test>`,
    Via: `SIP/2.0/${transport} a.invalid;branch=z9hG4bK${filler('v')};rport`,
  });
}

const whoClose = {
  'phone over TLS': async (t, ports, tls) => {
    const phone = await tlsPhone(t, ports.tls, tls);
    phone.socket.end(longRequest('TLS'));
    while ((await phone.message('its end')) !== null);
  },
  browser: async (t, ports, tls) => {
    const client = await WebSocketClient.open(t, ports.wss, { tls });
    client.sendLast(longRequest('WSS'));
    while ((await client.next('its end')).kind !== 'end');
  },
};

for (const [kind, close] of Object.entries(whoClose))
  test(`a ${kind} that closes directly behind a request with a long answer ends one connection, and no others`, async (t) => {
    const { relay, tls } = await startSecure(t);
    const alice = await browser(t, relay.ports.wss, 'alice', tls);
    for (let i = 0; i < 20; ++i) await close(t, relay.ports, tls);
    await converse(alice, alice, instantMessage('alice', 'alice', 'still here', { transport: 'WSS' }), 'still here');
  });

test('there may be several listeners of a kind, IPv6 among them', async (t) => {
  const relay = await startRelay(t, ['--udp', '127.0.0.1:0', '--udp', '127.0.0.1:0', '--tcp', '[::1]:0']);
  const [first, second] = [...relay.log.matchAll(/listening udp 127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  assert.notEqual(first, second);
  const phones = [];
  for (const [index, port] of [first, second].entries()) {
    const phone = await udpPhone(t, port);
    const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` };
    phone.send(register(`phone${index}`, `sip:phone${index}@127.0.0.1:${phone.port}`, over));
    assert.equal(status(await phone.message()), 200);
    phones.push({ ...phone, over });
  }
  await converse(phones[0], phones[1], instantMessage('phone0', 'phone1', 'across', phones[0].over), 'across');
  assert.match(relay.log, /listening tcp \[::1\]:\d+/);
});
