import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReactiveController } from 'lit';
import { ExpiryWatch, isExpired, nextExpiry } from '../src/chat/expiry.js';
import type { ChatMessage } from '../src/sdk/index.js';

const message = (expires?: number) => ({ body: 'hello', ...(expires === undefined ? {} : { expires }) }) as ChatMessage;

test('a message is over from its time on, and never without one', () => {
  assert.equal(isExpired(message(1000), 999), false);
  assert.equal(isExpired(message(1000), 1000), true);
  assert.equal(isExpired(message(), 1e15), false);
});

test('the next time to look is that of the message that is over first', () => {
  assert.equal(nextExpiry([message(), message(5000), message(3000), message(1000)], 1000), 2000);
  assert.equal(nextExpiry([message(), message(1000)], 1000), undefined);
  assert.equal(nextExpiry([], 0), undefined);
  assert.equal(nextExpiry([message(1e13)], 0), 2 ** 31 - 1);
});

/** An element that draws when it is asked to, at once. */
class Host {
  controllers: ReactiveController[] = [];
  draws = 0;
  updateComplete = Promise.resolve(true);
  addController(controller: ReactiveController) {
    this.controllers.push(controller);
  }
  removeController() {}
  requestUpdate() {
    this.draws += 1;
    for (const controller of this.controllers) controller.hostUpdated?.();
  }
}

test('an element is drawn again when a message expires, and not once it has left the page', (t) => {
  let now = 0;
  const timers = new Map<number, { due: number; ring: () => void }>();
  let last = 0;
  t.mock.method(Date, 'now', () => now);
  t.mock.method(globalThis, 'setTimeout', (ring: () => void, wait: number) => (timers.set(++last, { due: now + wait, ring }), last));
  t.mock.method(globalThis, 'clearTimeout', (timer: number) => timers.delete(timer));
  const pass = (time: number) => {
    now += time;
    for (const [timer, { due, ring }] of [...timers]) if (due <= now && timers.delete(timer)) ring();
  };

  const host = new Host();
  const watch = new ExpiryWatch(host, () => [message(1000), message(), message(3000)]);
  watch.hostConnected();
  assert.equal(timers.size, 1);
  pass(999);
  assert.equal(host.draws, 1);
  pass(1);
  assert.equal(host.draws, 2);
  watch.hostDisconnected();
  pass(2000);
  assert.equal(host.draws, 2);
  watch.hostConnected();
  assert.deepEqual([host.draws, timers.size], [3, 0]);
});
