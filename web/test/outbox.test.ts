import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryHistory, type ChatMessage, type DeliveryState } from '../src/sdk/index.js';
import { as, cpim, displayedNotification, incoming, start } from './client_bench.js';
import { delivered, next, status } from './events.js';
import { SipServer } from './sip_server.js';

/** Answers MESSAGE with that status, and takes everything else. */
function answering(code: number | undefined, fields = ''): SipServer {
  const server = new SipServer();
  server.answer = (request) => (request.startsWith('MESSAGE') ? code : 200);
  if (code !== undefined) server.fields[code] = fields;
  return server;
}
const ids = (server: SipServer) => server.received('MESSAGE').map((request) => /^Call-ID: (.*)$/m.exec(request)?.[1]);
const inState = (wanted: DeliveryState) => (message: ChatMessage) => message.state === wanted;

/** A history that never hears of what comes after it was frozen: the page has crashed. */
class CrashingHistory extends MemoryHistory {
  isFrozen = false;
  override save(message: ChatMessage): Promise<void> {
    return this.isFrozen ? Promise.resolve() : super.save(message);
  }
}

test('a crash loses no message: the next page sends them again in order, under their ids, before what is new', async (t) => {
  const history = new CrashingHistory();
  const silent = answering(undefined);
  const first = await start(t, silent, { history });
  await status(first, 'connected');
  const written = [await first.send('bob', 'one'), await first.send('bob', 'two'), await first.send('bob', 'three')];
  assert.deepEqual(ids(silent), written.slice(0, 1));
  history.isFrozen = true;
  const server = answering(200);
  const second = await start(t, server, { history });
  const last = await second.send('bob', 'four');
  await next(second, 'delivery', ({ id, state }) => id === last && state === 'delivered');
  assert.deepEqual(ids(server), [...written, last]);
});

test('a notification for what an earlier page sent still counts', async (t) => {
  const history = new MemoryHistory();
  const server = new SipServer();
  const first = await start(t, server, { history });
  await status(first, 'connected');
  const shown = next(first, 'message', ({ direction }) => direction === 'in');
  server.say(as('message/cpim', incoming('c1', cpim('m1', 'hello'))));
  await shown;
  const done = delivered(first);
  const id = await first.send('bob', 'hi');
  assert.ok((await done).hasAsked);
  await first.close();

  const later = new SipServer();
  const second = await start(t, later, { history });
  await status(second, 'connected');
  const displayed = next(second, 'delivery', inState('displayed'));
  later.say(displayedNotification(id));
  assert.equal((await displayed).id, id);
  assert.equal(later.received('MESSAGE').length, 0);
});

test('a message that has to wait says until when, also to the next page', async (t) => {
  const history = new MemoryHistory();
  const first = await start(t, answering(480, 'Retry-After: 600\r\n'), { history });
  const waits = next(first, 'delivery', ({ state, reason }) => state === 'queued' && reason === 'offline');
  await first.send('bob', 'hello');
  const { retryAt } = await waits;
  assert.ok(Math.abs(retryAt - Date.now() - 600_000) < 60_000);
  await first.close();

  const server = answering(200);
  const second = await start(t, server, { history });
  await status(second, 'connected');
  const other = delivered(second);
  await second.send('carol', 'hello');
  await other;
  assert.equal(server.received('MESSAGE').length, 1);
  assert.equal(second.messages('sip:bob@example.org')[0]?.retryAt, retryAt);
});

test('a message that waits can be cancelled, and sent again afterwards', async (t) => {
  const server = answering(200);
  server.isDown = true;
  const client = await start(t, server);
  const cancelled = next(client, 'delivery', inState('failed'));
  const id = await client.send('bob', 'hello');
  client.cancel(id);
  assert.equal((await cancelled).reason, 'cancelled');
  server.isDown = false;
  client.networkAvailable();
  await status(client, 'connected');
  assert.equal(server.received('MESSAGE').length, 0);
  const done = delivered(client);
  await client.resend(id);
  assert.equal((await done).id, id);
  assert.deepEqual(ids(server), [id]);
});

test('a cancelled message that was on its way is not sent again by the next page', async (t) => {
  const history = new CrashingHistory();
  const silent = answering(undefined);
  const first = await start(t, silent, { history });
  await status(first, 'connected');
  const id = await first.send('bob', 'hello');
  const told = next(first, 'delivery', ({ reason }) => reason === 'cancelled');
  first.cancel(id);
  assert.equal((await told).state, 'sending');
  await new Promise((resolve) => setImmediate(resolve)); // what was told is saved
  history.isFrozen = true;
  const server = answering(200);
  const second = await start(t, server, { history });
  await status(second, 'connected');
  const [message] = second.messages();
  assert.deepEqual([message?.state, message?.reason], ['failed', 'cancelled']);
  assert.equal(server.received('MESSAGE').length, 0);
});

test('a message that failed on an earlier page can be sent again on the next one', async (t) => {
  const history = new MemoryHistory();
  const first = await start(t, answering(403), { history });
  const failed = next(first, 'delivery', inState('failed'));
  const id = await first.send('bob', 'hello');
  assert.ok((await failed).isPlain);
  await first.close();
  const second = await start(t, answering(200), { history });
  await status(second, 'connected');
  const queued = next(second, 'delivery', inState('queued'));
  const done = delivered(second);
  await second.resend(id);
  assert.equal((await queued).id, id);
  assert.equal((await done).id, id);
});

test('a history of an older version is taken up as well', async (t) => {
  const history = new MemoryHistory();
  const { retryAt, hasAsked, isPlain, ...old } = {
    account: 'sip:alice@example.org',
    key: 'out 1',
    peer: 'sip:bob@example.org',
    peerName: '',
    direction: 'out' as const,
    id: '1',
    body: 'hello',
    contentType: 'text/plain',
    time: 1,
    order: 1,
    state: 'sending' as const,
    reason: 'none' as const,
    status: 0,
    phrase: '',
    excess: 0,
    retryAt: 0,
    hasAsked: false,
    isPlain: false,
    instance: 'urn:uuid:1',
  };
  await history.save(old as ChatMessage);
  const client = await start(t, new SipServer(), { history });
  assert.equal((await delivered(client)).id, '1');
});

test('3000 bytes go out where the path is stated to be safe, and elsewhere the excess is told', async (t) => {
  const text = 'x'.repeat(3000);
  const strict = await start(t, new SipServer());
  const refused = next(strict, 'delivery', inState('failed'));
  await strict.send('bob', text);
  const { reason, excess } = await refused;
  assert.equal(reason, 'too-long');
  assert.equal(excess, strict.excess('bob', text));
  assert.ok(excess > 1700);

  const server = new SipServer();
  const safe = await start(t, server, { congestionSafe: true });
  assert.equal(safe.excess('bob', text), 0);
  const done = delivered(safe);
  await safe.send('bob', text);
  await done;
  assert.ok(server.received('MESSAGE')[0]?.endsWith(text));
});
