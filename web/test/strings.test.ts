import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionInWords, priorityInWords, stateInWords, stringsFor } from '../src/chat/strings.js';
import type { ChatMessage, FailureReason } from '../src/sdk/index.js';

const reasons: FailureReason[] = [
  'too-long',
  'bad-recipient',
  'bad-content',
  'unknown-user',
  'moved',
  'offline',
  'refused',
  'declined',
  'not-understood',
  'wrong-password',
  'no-answer',
  'server-trouble',
  'expired',
  'undeliverable',
  'not-sealed',
  'no-secure-device',
  'undecipherable',
  'cancelled',
  'other',
];
const message = (change: Partial<ChatMessage>) =>
  ({ direction: 'out', state: 'queued', reason: 'none', excess: 0, retryAt: 0, ...change }) as ChatMessage;
const timeOf = (time: number) => new Date(time).toISOString();
const inWords = (language: string, change: Partial<ChatMessage>) => stateInWords(stringsFor(language), message(change), timeOf);

test('every state and every reason has words, in both languages', () => {
  for (const language of ['en-GB', 'ja-JP']) {
    const said = new Set(
      (['queued', 'sending', 'stored', 'delivered', 'displayed'] as const).map((state) => inWords(language, { state })),
    );
    for (const reason of reasons) said.add(inWords(language, { state: 'failed', reason }));
    said.add(inWords(language, { state: 'sending', reason: 'cancelled' }));
    assert.equal(said.size, 6 + reasons.length, `two of them say the same in ${language}`);
    assert.ok(!said.has(''));
  }
});

test('a message that is too long says by how much', () => {
  assert.match(inWords('en', { state: 'failed', reason: 'too-long', excess: 42 }), /42 bytes/);
});

test('a message that was declined is not said to be undelivered (RFC 3428 7)', () => {
  assert.equal(inWords('en', { state: 'failed', reason: 'declined' }), 'It arrived, and was refused');
  assert.doesNotMatch(inWords('ja', { state: 'failed', reason: 'declined' }), /未配信/);
});

test('a long wait says until when, a short one does not', () => {
  const retryAt = Date.now() + 3_600_000;
  for (const language of ['en', 'ja']) {
    const wait = { state: 'queued', reason: 'offline' } as const;
    assert.ok(inWords(language, { ...wait, retryAt }).includes(timeOf(retryAt)));
    assert.ok(inWords(language, { ...wait, state: 'failed', retryAt }).includes(timeOf(retryAt)));
    const soon = Date.now() + 4_000;
    assert.ok(!inWords(language, { ...wait, retryAt: soon }).includes(timeOf(soon)));
    assert.notEqual(inWords(language, { ...wait, retryAt: soon }), inWords(language, { state: 'queued' }));
  }
});

test('a message that presses says so, in both languages, and no other does', () => {
  for (const language of ['en-GB', 'ja-JP']) {
    const inWords = (priority?: string) => priorityInWords(stringsFor(language), message(priority === undefined ? {} : { priority }));
    assert.ok(inWords('urgent') && inWords('Emergency') && inWords('urgent') !== inWords('emergency'));
    for (const priority of ['normal', 'non-urgent', 'x-new', 'constructor', '', undefined]) assert.equal(inWords(priority), '');
  }
});

test('what others wrote has no state', () => {
  assert.equal(inWords('en', { direction: 'in', state: 'delivered' }), '');
});

test('a refusal by the server shows its own words too', () => {
  const words = connectionInWords(stringsFor('en'), { status: 'failed', trouble: 'refused', code: 403, phrase: 'Not Our Domain' });
  assert.match(words, /403 Not Our Domain/);
});
