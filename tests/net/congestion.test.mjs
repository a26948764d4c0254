import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { signIn, takeAll } from '../support/mail.mjs';
import { tcpPhone, tlsPhone } from '../support/phones.mjs';
import { passwordOf, startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { authorization, converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A relay that speaks each transport, and how somebody signs in over one, to write by `send` and to stop reading by `stall`. */
async function start(t, args) {
  const { certificate, key, ca } = makeCertificate(temporaryDirectory(), 'relay');
  const relay = await startRelay(t, ['--wss', '127.0.0.1:0', '--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key, ...args]);
  const phone = (end) => ({ ...end, stall: () => end.socket.pause(), wake: () => end.socket.resume() });
  const ends = {
    WS: () => WebSocketClient.open(t, relay.ports.ws),
    WSS: () => WebSocketClient.open(t, relay.ports.wss, { tls: { ca } }),
    TCP: async () => phone(await tcpPhone(t, relay.ports.tcp)),
    TLS: async () => phone(await tlsPhone(t, relay.ports.tls, { ca })),
  };
  const join = async (transport, user) => {
    const end = await ends[transport]();
    // Over this connection or not at all (RFC 5626): no other is opened to a phone that has been given up, for messages to wait for.
    const contact = `<sip:${user}@client.invalid;transport=${transport.toLowerCase()}>;reg-id=1;+sip.instance="<urn:uuid:${randomUUID()}>"`;
    end.send(register(user, '', { transport, Contact: contact, Supported: 'path, outbound' }));
    assert.equal(status(await end.message()), 200);
    return end;
  };
  return { relay, join };
}

/** Reads to the end of a connection; gives how many messages came before it. */
async function readToItsEnd(end) {
  for (let count = 0; ; ) {
    const next = end.next ? await end.next('its end') : await end.message('its end');
    if (next === null || next.kind === 'end') return count;
    if (next.kind !== 'close') ++count;
  }
}

for (const [transport, kind] of Object.entries({ WS: 'browser', TCP: 'phone over TCP', WSS: 'browser over TLS', TLS: 'phone over TLS' }))
  test(`a ${kind} that reads nothing is closed, its correspondents are told, and others go on`, async (t) => {
    const { relay, join } = await start(t, ['--metrics', '127.0.0.1:0']);
    const [alice, bob] = [await join('WS', 'alice'), await join(transport, 'bob')];
    bob.stall();
    // More than the buffers of the system and of the relay hold together.
    const count = 400;
    const text = 'x'.repeat(60_000);
    for (let i = 0; i < count; ++i) alice.send(instantMessage('alice', 'bob', text));
    const answers = [];
    for (let i = 0; i < count; ++i) answers.push(status(await alice.message(`answer ${i}`)));
    // What waited for bob when he was given up; then what came when he was gone.
    const refused = answers.lastIndexOf(503) + 1;
    assert.ok(refused > 0 && refused < count, `${refused} of ${count}`);
    assert.deepEqual(new Set(answers.slice(0, refused)), new Set([503]));
    assert.deepEqual(new Set(answers.slice(refused)), new Set([480]));
    await relay.says(/does not read what is sent: closed/);
    const { text: metrics } = await ask(servicePort(relay, 'metrics'), '/metrics');
    assert.match(metrics, /^sipmsg_rejects_total\{reason="reads too slowly"\} 1$/m);
    const carol = await join('WS', 'carol');
    await converse(alice, carol, instantMessage('alice', 'carol', 'hello'), 'hello');
    // He sees the end that the relay has not waited for him to see.
    await relay.says(/flow \d+ closed/);
    bob.wake();
    assert.ok((await readToItsEnd(bob)) < refused);
  });

test('what waits for a user who reads nothing is stored where messages are, and comes once when they are back', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob'], { args: ['--limit-messages', '1000'] });
  const alice = await signIn(t, relay.ports.ws, 'alice');
  const bob = await signIn(t, relay.ports.ws, 'bob');
  const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'x'.repeat(35_000)}`);
  const signed = [];
  for (const text of texts) {
    const message = { 'Call-ID': `${text.split(' ', 1)}@alice` };
    alice.send(instantMessage('alice', 'bob', '', message));
    const proof = authorization(await alice.message(), 'SHA-256', 'alice', passwordOf('alice'), 'MESSAGE', 'sip:bob@example.test');
    signed.push(instantMessage('alice', 'bob', text, { ...message, CSeq: '2 MESSAGE', ...proof }));
  }
  bob.stall();
  for (const message of signed) alice.send(message);
  for (let i = 0; i < texts.length; ++i) assert.equal(status(await alice.message(`answer ${i}`)), 202);
  await relay.says(/does not read what is sent: closed/);
  const back = await signIn(t, relay.ports.ws, 'bob');
  assert.deepEqual(await takeAll(back, texts.length), texts);
});
