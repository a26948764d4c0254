import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { compressingClient } from '../support/compression.mjs';
import { ask, servicePort } from '../support/http.mjs';
import { tcpPhone, tlsPhone } from '../support/phones.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { body, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const protocols = ['ws', 'wss', 'tcp', 'tls'];
/** Half of them by WebSockets that compress. */
const ofTalkers = [...protocols, 'compressed ws', 'compressed wss', 'compressed ws', 'compressed wss'];

async function startThreads(t, args = []) {
  const { certificate, key, ca } = makeCertificate(temporaryDirectory(), 'relay');
  const secure = ['--wss', '127.0.0.1:0', '--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key];
  const relay = await startRelay(t, ['--io-threads', '3', '--metrics', '127.0.0.1:0', '--ws-compression', 'on', '--limit-messages', '1000000', ...secure, ...args]);
  const ends = {
    ws: () => WebSocketClient.open(t, relay.ports.ws),
    wss: () => WebSocketClient.open(t, relay.ports.wss, { tls: { ca } }),
    tcp: () => tcpPhone(t, relay.ports.tcp),
    tls: () => tlsPhone(t, relay.ports.tls, { ca }),
    'compressed ws': () => compressingClient(t, relay.ports.ws),
    'compressed wss': () => compressingClient(t, relay.ports.wss, { tls: { ca } }),
  };
  return { relay, open: (protocol) => ends[protocol]() };
}

async function signIn(open, kind, user) {
  const end = await open(kind);
  const protocol = kind.split(' ').at(-1);
  const transport = protocol.toUpperCase();
  end.send(register(user, `sip:${user}@client.invalid;transport=${protocol}`, { transport }));
  assert.equal(status(await end.message()), 200);
  return { user, transport, end };
}

/** Sends so many messages to another, one when the one before is answered, and answers as many. Gives what was heard. */
async function talk({ user, transport, end }, to, count) {
  const heard = [];
  let answered = 0;
  const say = () => end.send(instantMessage(user, to, `${user} ${answered} ${'.'.repeat((answered * 37) % 1500)}`, { transport }));
  say();
  while (answered < count || heard.length < count) {
    const text = await end.message(`${user}: ${answered} answered, ${heard.length} heard`);
    if (text.startsWith('MESSAGE')) {
      heard.push(body(text).split(' ').slice(0, 2).join(' '));
      end.send(ok(text));
    } else {
      assert.equal(status(text), 200);
      if (++answered < count) say();
    }
  }
  return heard;
}

test('on several threads all messages come once, in order, whatever else begins, ends and changes beside them', async (t) => {
  // What was written to those who have gone is under way until the end.
  const { relay, open } = await startThreads(t, ['--drain-seconds', '1']);
  const talkers = [];
  for (let i = 0; i < 16; ++i) talkers.push(await signIn(open, ofTalkers[i % ofTalkers.length], `user${i}`));
  const stalled = await signIn(open, 'ws', 'stalled');
  stalled.end.stall();
  const count = 50;
  let isOver = false;
  const beside = [
    async function comeAndGo() {
      for (let i = 0; !isOver; ++i) {
        const { end } = await signIn(open, ofTalkers[i % ofTalkers.length], `guest${i % 8}`);
        if (end.vanish) end.vanish();
        else end.close();
      }
    },
    async function knock() {
      while (!isOver) await new Promise((resolve) => connect(relay.ports.wss, '127.0.0.1').on('error', () => {}).on('close', resolve).end('no TLS at all'));
    },
    async function look() {
      while (!isOver) assert.match((await ask(servicePort(relay, 'metrics'), '/metrics')).text, /sipmsg_connections/);
    },
    async function change() {
      while (!isOver) await relay.signal('SIGHUP', /the configuration is read anew/);
    },
    async function pour() {
      const { user, end } = await signIn(open, 'wss', 'pourer');
      for (let i = 0; i < 60; ++i) end.send(instantMessage(user, 'stalled', 'x'.repeat(60_000)));
    },
  ].map((task) => task());
  const heard = await Promise.all(talkers.map((talker, i) => talk(talker, `user${(i + 1) % talkers.length}`, count))).finally(() => (isOver = true));
  await Promise.all(beside);
  // Each answer and each message is long enough.
  for (const { end } of talkers.filter(({ end }) => end.received)) assert.ok(end.received.compressed >= 2 * count, `${end.received.compressed}`);
  heard.forEach((texts, i) => {
    const sender = `user${(i + talkers.length - 1) % talkers.length}`;
    assert.deepEqual(texts, Array.from({ length: count }, (_, number) => `${sender} ${number}`));
  });
});

test('on several threads, too, a client that only writes keeps no other from being served', async (t) => {
  const { open } = await startThreads(t);
  const flood = await signIn(open, 'tcp', 'flood');
  flood.end.socket.pause();
  const flooding = setInterval(() => flood.end.send(instantMessage('flood', 'nobody', 'x'.repeat(20_000), { transport: 'TCP' })), 1);
  t.after(() => clearInterval(flooding));
  const [alice, bob] = [await signIn(open, 'ws', 'alice'), await signIn(open, 'tls', 'bob')];
  const [ofAlice, ofBob] = await Promise.all([talk(alice, 'bob', 100), talk(bob, 'alice', 100)]);
  assert.equal(ofAlice.length + ofBob.length, 200);
});

test('on several threads, too, SIGTERM lets what is under way end', async (t) => {
  const { relay, open } = await startThreads(t);
  const [alice, bob] = [await signIn(open, 'wss', 'alice'), await signIn(open, 'ws', 'bob')];
  alice.end.send(instantMessage('alice', 'bob', 'are you there?', { transport: 'WSS' }));
  const received = await bob.end.message();
  await relay.signal('SIGTERM', /draining/);
  bob.end.send(ok(received));
  assert.equal(status(await alice.end.message()), 200);
  for (const { end } of [alice, bob]) assert.equal((await end.next()).status, 1001);
});
