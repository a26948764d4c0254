import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrowserHistory, MemoryHistory, type ChatMessage } from '../src/sdk/history.js';

const message = (account: string, key: string, change: Partial<ChatMessage> = {}) =>
  ({ account, key, body: 'hello', state: 'queued', ...change }) as ChatMessage;

for (const [name, history] of Object.entries({ browser: new BrowserHistory('test'), memory: new MemoryHistory() })) {
  test(`${name}: the last state of a message is what is loaded, for its account alone`, async () => {
    await history.save(message('sip:a@x', 'out 1'));
    await history.save(message('sip:a@x', 'out 1', { state: 'delivered' }));
    await history.save(message('sip:a@x', 'in 日本'));
    await history.save(message('sip:b@x', 'out 1'));
    const loaded = await history.load('sip:a@x');
    assert.deepEqual(loaded.map(({ key, state }) => [key, state]).sort(), [
      ['in 日本', 'queued'],
      ['out 1', 'delivered'],
    ]);
  });
}
