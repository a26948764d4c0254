import assert from 'node:assert/strict';
import './webcrypto.js';
import { test } from 'node:test';
import { claimInstance, livingInstances } from '../src/sdk/instance.js';

/** sessionStorage of one tab. */
class TabStorage {
  #items = new Map<string, string>();
  getItem = (key: string) => this.#items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#items.set(key, value);
}

/** Locks as another tab sees them: what is `taken` is never given. */
function otherTabsHold(taken: string[]): void {
  const held = new Set(taken.map((name) => `sipmsg ${name}`));
  const locks = {
    request(name: string, _options: object, whenHeld: () => Promise<never>) {
      if (held.has(name)) return Promise.reject(Object.assign(new Error(), { name: 'TimeoutError' }));
      held.add(name);
      return whenHeld();
    },
    query: () => Promise.resolve({ held: [...held].map((name) => ({ name })) }),
  };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
}
const claim = (storage: TabStorage) => claimInstance(storage as unknown as Storage);

test('a tab keeps its name when its person signs in again', async () => {
  otherTabsHold([]);
  const storage = new TabStorage();
  const first = await claim(storage);
  assert.match(first, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(await claim(storage), first);
});

test('a duplicated tab gets a name of its own', async () => {
  otherTabsHold(['urn:uuid:the-first-tab']);
  const copied = new TabStorage();
  copied.setItem('sipmsg.instance', 'urn:uuid:the-first-tab');
  const name = await claim(copied);
  assert.notEqual(name, 'urn:uuid:the-first-tab');
  assert.deepEqual(await livingInstances(), new Set(['urn:uuid:the-first-tab', name]));
});

test('where the platform gives this page no locks, the tab keeps its name and nobody is said to be gone', async () => {
  const refuse = () => Promise.reject(Object.assign(new Error(), { name: 'SecurityError' }));
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request: refuse, query: refuse } }, configurable: true });
  const storage = new TabStorage();
  storage.setItem('sipmsg.instance', 'urn:uuid:kept');
  assert.equal(await claim(storage), 'urn:uuid:kept');
  assert.equal(await livingInstances(), undefined);
});
