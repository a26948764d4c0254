import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { launch, Person } from './browsers.mjs';
import { address, link, startPage } from './page.mjs';

/** Somebody else's web site, which serves one page: `html`. */
async function website(t) {
  const site = { html: '' };
  const server = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(site.html));
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  site.url = `http://127.0.0.1:${server.address().port}/`;
  return site;
}

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
/** What README.md tells to paste, for this relay. */
const snippet = (relay) =>
  /```html\n([^`]*)```/
    .exec(readme)[1]
    .replace('wss://relay.example.org', `ws://127.0.0.1:${relay.ports.ws}`)
    .replace('https://relay.example.org', `http://127.0.0.1:${relay.ports.ws}`)
    .replace('alice@example.org', address('alice'));

for (const browser of ['chrome', 'firefox'])
  test(`the lines of README.md embed the chat in a page of another origin (${browser})`, async (t) => {
    const shop = await website(t);
    const relay = await startPage(t, ['alice', 'bob'], { args: ['--origin', new URL(shop.url).origin] });
    shop.html = `<!doctype html><title>a shop</title>${snippet(relay)}`;
    const instance = await launch(t, browser);
    const bob = await Person.open(instance, link(relay, 'bob', 'alice'));
    await bob.connection('connected');
    const alice = await Person.open(instance, shop.url);
    // The address is given; the password is asked for, and nothing is complained about.
    await (await alice.element('[name=password]')).type('secret of alice');
    assert.equal(await alice.page.evaluate("document.querySelector('sip-chat').shadowRoot.querySelectorAll('[role=alert]').length"), 0);
    await (await alice.element('button[type=submit]')).click();
    await alice.connection('connected');
    await (await alice.element('[data-new-peer]')).type('bob');
    await (await alice.element('[data-new-peer]')).press('Enter');
    await alice.write('from the shop');
    await bob.reads('from the shop');
    await alice.state('from the shop', 'delivered');
    assert.deepEqual(alice.errors, []);
  });

test('signing out and in again in one page keeps the conversation, and another person sees none of it', async (t) => {
  const relay = await startPage(t);
  const alice = await Person.open(await launch(t, 'chrome'), link(relay, 'alice', 'bob'));
  await alice.connection('connected');
  await alice.write('mine');
  await alice.state('mine', 'stored');
  const signIn = async (user) => {
    await (await alice.element('[data-sign-out]')).click();
    await alice.retype('[name=address]', address(user));
    await (await alice.element('[name=password]')).type(`secret of ${user}`);
    await (await alice.element('button[type=submit]')).click();
    await alice.connection('connected');
  };
  await signIn('bob');
  assert.deepEqual(await alice.texts('out'), []);
  await signIn('alice');
  await (await alice.element('[data-peer="sip:bob@example.test"]')).click();
  await alice.state('mine', 'stored');
  assert.deepEqual(await alice.texts('out'), ['mine']);
});
