import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import './webcrypto.js';
import { connect, MemoryHistory, NotOpenedError, type OpenedEntity, type Sealer, type SipClient } from '../src/sdk/index.js';
import { delivered, ended, heard, next, status } from './events.js';
import { SipRelay } from './sip_relay.js';
import { ToySealer } from './toy_sealer.js';

const wasm = readFileSync(new URL(`file://${process.cwd()}/../build/wasm/bin/sipmsg.wasm`));

async function start(t: TestContext, relay: SipRelay, name: string, sealer?: Sealer): Promise<SipClient> {
  const client = await connect({
    server: 'ws://example.org/',
    address: `${name}@example.org`,
    password: 'secret',
    wasm,
    history: new MemoryHistory(),
    receipts: 'display',
    WebSocket: relay.WebSocket,
    ...(sealer ? { sealer } : {}),
  });
  t.after(() => client.close());
  await status(client, 'connected');
  return client;
}

/** A sealer that does as ToySealer but for what the test says. */
const toyBut = (change: Partial<Sealer>): Sealer => {
  const toy = new ToySealer('shared');
  return { seal: (entity) => toy.seal(entity), open: (entity) => toy.open(entity), ...change };
};

/** What the recipient of one message says to it, as it came on the wire. */
const answerTo = (relay: SipRelay) => relay.frames.filter(({ text }) => /^SIP\/2.0.*CSeq: \d+ MESSAGE/s.test(text)).at(-1)?.text ?? '';

test('what two people write is sealed on its way, and so is what tells that it was shown', async (t) => {
  const relay = new SipRelay();
  const alice = await start(t, relay, 'alice', new ToySealer('shared'));
  const bob = await start(t, relay, 'bob', new ToySealer('shared'));
  alice.composing('bob', true); // asks what bob takes
  const first = delivered(alice);
  await alice.send('bob', 'first word');
  await first;

  const shown = heard(bob);
  const displayed = next(alice, 'delivery', ({ state }) => state === 'displayed');
  const id = await alice.send('bob', 'second word');
  const { body, protection, signer } = await shown;
  assert.deepEqual({ body, protection, signer }, { body: 'second word', protection: 'encrypted-only', signer: '' });
  bob.displayed('sip:alice@example.org');
  assert.equal((await displayed).id, id);

  const bodies = relay.frames.filter(({ text }) => text.startsWith('MESSAGE'));
  assert.ok(bodies.length >= 4);
  for (const { kind, text } of bodies) {
    assert.equal(kind, 'binary');
    assert.match(text, /^Content-Type: application\/pkcs7-mime/m);
    assert.doesNotMatch(text, /word|imdn|message\/cpim|isComposing/);
  }
});

test('who lacks the key answers 493, and the writer is told', async (t) => {
  const relay = new SipRelay();
  const alice = await start(t, relay, 'alice', new ToySealer('shared'));
  const bob = await start(t, relay, 'bob', new ToySealer('another'));
  const end = ended(alice);
  await alice.send('bob', 'hello');
  const { state, reason } = await end;
  assert.deepEqual({ state, reason }, { state: 'failed', reason: 'undecipherable' });
  assert.deepEqual(bob.messages(), []);
});

test('to a device that opens nothing a sealed message fails, and nothing follows in the clear', async (t) => {
  const relay = new SipRelay();
  const alice = await start(t, relay, 'alice', new ToySealer('shared'));
  await start(t, relay, 'bob');
  const end = ended(alice);
  await alice.send('bob', 'hello');
  assert.equal((await end).reason, 'no-secure-device');
  assert.equal(relay.frames.filter(({ text }) => text.startsWith('MESSAGE')).length, 1);
});

test('without a key for somebody a message may go out in the clear, as the sealer says', async (t) => {
  const relay = new SipRelay();
  const asked: string[] = [];
  const seal = ({ recipient }: { recipient: string }) => Promise.resolve(void asked.push(recipient) as undefined);
  const alice = await start(t, relay, 'alice', toyBut({ seal }));
  const bob = await start(t, relay, 'bob');
  const shown = heard(bob);
  await alice.send('bob', 'hello');
  assert.equal((await shown).protection, 'none');
  assert.deepEqual(asked, ['sip:bob@example.org']);
});

test('a sealer that refuses, fails or gives nonsense keeps the message from going out', async (t) => {
  const failures: Sealer['seal'][] = [
    () => Promise.reject(new Error('locked')),
    () => {
      throw new Error('of the sealer');
    },
    () => Promise.resolve({ contentType: 'application/pkcs7-mime' } as never),
    () => Promise.resolve({ contentType: 'no type', body: new Uint8Array(1) }),
  ];
  for (const seal of failures) {
    const relay = new SipRelay();
    const alice = await start(t, relay, 'alice', toyBut({ seal }));
    await start(t, relay, 'bob');
    const end = ended(alice);
    await alice.send('bob', 'hello');
    assert.equal((await end).reason, 'not-sealed');
    assert.equal(relay.frames.filter(({ text }) => text.startsWith('MESSAGE')).length, 0);
  }
});

test('a sealer that does not open a body says with what status', async (t) => {
  const certificate = { contentType: 'application/pkcs7-mime;smime-type=certs-only', body: new Uint8Array([48, 255]) };
  const failures: [open: Sealer['open'], status: RegExp][] = [
    [() => Promise.reject(new NotOpenedError('unsupported')), /^SIP\/2.0 415 .*Accept: .*application\/pkcs7-mime/s],
    [() => Promise.reject(new NotOpenedError('malformed')), /^SIP\/2.0 400 /],
    [() => Promise.reject(new NotOpenedError('undecipherable', certificate)), /^SIP\/2.0 493 .*certs-only.*\r\n\r\n0\xff$/s],
    [() => Promise.reject(new Error('of the sealer')), /^SIP\/2.0 493 /],
    [() => Promise.resolve({} as OpenedEntity), /^SIP\/2.0 493 /],
  ];
  for (const [open, wanted] of failures) {
    const relay = new SipRelay();
    const alice = await start(t, relay, 'alice', new ToySealer('shared'));
    const bob = await start(t, relay, 'bob', toyBut({ open }));
    const end = ended(alice);
    await alice.send('bob', 'hello');
    assert.equal((await end).state, 'failed');
    assert.match(answerTo(relay), wanted);
    assert.deepEqual(bob.messages(), []);
  }
});

test('a sealer that takes its time holds up nobody else', async (t) => {
  const relay = new SipRelay();
  let finish = () => {};
  const gate = new Promise<void>((resolve) => (finish = resolve));
  const toy = new ToySealer('shared');
  const slow = toyBut({ open: (entity) => gate.then(() => toy.open(entity)) });
  const alice = await start(t, relay, 'alice', new ToySealer('shared'));
  const bob = await start(t, relay, 'bob', slow);
  const carol = await start(t, relay, 'carol');
  const sealed = delivered(alice);
  await alice.send('bob', 'from alice');
  const first = heard(bob);
  await carol.send('bob', 'from carol');
  assert.equal((await first).body, 'from carol');
  finish();
  await sealed;
  assert.deepEqual(bob.messages().map(({ body }) => body), ['from carol', 'from alice']);
});
