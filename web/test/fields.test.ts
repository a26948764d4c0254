import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryHistory } from '../src/sdk/index.js';
import { incoming, start } from './client_bench.js';
import { next, status } from './events.js';
import { SipServer } from './sip_server.js';

test('a message carries what was said with it, also when it is sent again after a reload', async (t) => {
  const history = new MemoryHistory();
  const server = new SipServer();
  server.answer = (request) => (request.startsWith('REGISTER') ? 200 : undefined);
  const first = await start(t, server, { history });
  await status(first, 'connected');
  const options = { subject: 'Grüße', inReplyTo: ['a@b', 'c'], priority: 'urgent', language: 'de', disposition: 'render', expires: 3600 };
  await first.send('bob', 'hello', options);
  await first.close();
  const second = await start(t, server, { history });
  const shown = second.messages('sip:bob@example.org')[0];
  assert.equal(shown?.expires, (shown?.time ?? 0) + 3_600_000);
  await status(second, 'connected');
  const requests = server.received('MESSAGE');
  assert.equal(requests.length, 2);
  for (const request of requests)
    for (const field of ['Expires: 3600', 'Subject: Grüße', 'In-Reply-To: a@b, c', 'Priority: urgent', 'Content-Language: de', 'Content-Disposition: render'])
      assert.ok(request.includes(`\r\n${field}\r\n`), field);
});

test('what is said with a message counts to its length, and what cannot be written fails', async (t) => {
  const client = await start(t, new SipServer());
  assert.ok(client.excess('bob', 'hello', { subject: 'x'.repeat(1300) }) > 0);
  const failed = next(client, 'delivery', ({ state }) => state === 'failed');
  await client.send('bob', 'hello', { subject: 'a\r\nContact: <sip:eve@example.net>' });
  assert.equal((await failed).reason, 'bad-content');
});

test('what a message brings is told and kept, and what it does not bring is not there', async (t) => {
  const history = new MemoryHistory();
  const server = new SipServer();
  const client = await start(t, server, { history });
  await status(client, 'connected');
  const full = next(client, 'message', ({ body }) => body === 'full');
  const fields = 'Subject: Lunch\r\nIn-Reply-To: a@b, c\r\nPriority: urgent\r\nContent-Language: en\r\nContent-Disposition: render\r\nExpires: 60\r\n';
  server.say(incoming('c1', 'full').replace('To: <sip:alice@example.org>', 'To: <sip:alice@example.org>;tag=2').replace('Date:', `${fields}Date:`));
  const { subject, inReplyTo, priority, language, disposition, expires, dialog } = await full;
  assert.deepEqual([subject, inReplyTo, priority, language, disposition], ['Lunch', ['a@b', 'c'], 'urgent', 'en', 'render']);
  assert.equal(expires, Date.UTC(2010, 10, 13, 23, 30, 0));
  assert.deepEqual(dialog, { callId: 'c1', localTag: '2', remoteTag: '1' });
  const bare = next(client, 'message', ({ body }) => body === 'bare');
  server.say(incoming('c2', 'bare'));
  const message = await bare;
  for (const name of ['subject', 'inReplyTo', 'priority', 'language', 'disposition', 'expires', 'dialog']) assert.ok(!(name in message), name);
  await client.close();
  const later = await start(t, server, { history });
  assert.deepEqual(later.messages().map((kept) => [kept.subject, kept.expires, kept.dialog?.callId]), [['Lunch', expires, 'c1'], [undefined, undefined, undefined]]);
});

test('two equal texts in one dialog are two messages', async (t) => {
  const server = new SipServer();
  const client = await start(t, server);
  await status(client, 'connected');
  const last = next(client, 'message', ({ body }) => body === 'last');
  const inDialog = (cseq: number, text: string) =>
    server.say(incoming('c1', text).replace('To: <sip:alice@example.org>', 'To: <sip:alice@example.org>;tag=2').replace('CSeq: 1', `CSeq: ${cseq}`));
  for (const cseq of [1, 2, 2]) inDialog(cseq, 'yes');
  inDialog(3, 'last');
  await last;
  assert.deepEqual(client.messages().map(({ body }) => body), ['yes', 'yes', 'last']);
});
