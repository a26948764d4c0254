import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionInWords, priorityInWords, stateInWords, stringsFor } from '../src/chat/strings.js';
import type { ChatMessage, FailureReason } from '../src/sdk/index.js';

const reasons: FailureReason[] = [
  'too-long',
  'bad-recipient',
  'bad-content',
  'unknown-user',
  'offline',
  'refused',
  'not-understood',
  'wrong-password',
  'no-answer',
  'server-trouble',
  'expired',
  'undeliverable',
  'not-sealed',
  'no-secure-device',
  'undecipherable',
  'other',
];
const message = (change: Partial<ChatMessage>) =>
  ({ direction: 'out', state: 'queued', reason: 'none', excess: 0, ...change }) as ChatMessage;

test('every state and every reason has words, in both languages', () => {
  for (const language of ['en-GB', 'ja-JP']) {
    const strings = stringsFor(language);
    const said = new Set(
      (['queued', 'sending', 'stored', 'delivered', 'displayed'] as const).map((state) => stateInWords(strings, message({ state }))),
    );
    for (const reason of reasons) said.add(stateInWords(strings, message({ state: 'failed', reason })));
    assert.equal(said.size, 5 + reasons.length, `two of them say the same in ${language}`);
    assert.ok(!said.has(''));
  }
});

test('a message that is too long says by how much', () => {
  const words = stateInWords(stringsFor('en'), message({ state: 'failed', reason: 'too-long', excess: 42 }));
  assert.match(words, /42 bytes/);
});

test('a message that presses says so, in both languages, and no other does', () => {
  for (const language of ['en-GB', 'ja-JP']) {
    const inWords = (priority?: string) => priorityInWords(stringsFor(language), message(priority === undefined ? {} : { priority }));
    assert.ok(inWords('urgent') && inWords('Emergency') && inWords('urgent') !== inWords('emergency'));
    for (const priority of ['normal', 'non-urgent', 'x-new', 'constructor', '', undefined]) assert.equal(inWords(priority), '');
  }
});

test('what others wrote has no state', () => {
  assert.equal(stateInWords(stringsFor('en'), message({ direction: 'in', state: 'delivered' })), '');
});

test('a refusal by the server shows its own words too', () => {
  const words = connectionInWords(stringsFor('en'), { status: 'failed', trouble: 'refused', code: 403, phrase: 'Not Our Domain' });
  assert.match(words, /403 Not Our Domain/);
});
