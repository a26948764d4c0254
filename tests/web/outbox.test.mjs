import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { soon } from '../support/relay.mjs';
import { aliceAndBob, startPage } from './page.mjs';

/** Waits until no message waits at the relay: what is written then is not kept behind another. */
async function hasHandedOver(relay) {
  let isOver = false;
  const look = async () => {
    while (!isOver && !(await ask(servicePort(relay, 'metrics'), '/metrics')).text.includes('\nsipmsg_stored_messages 0\n'));
  };
  await soon(look(), 'all messages to be handed over').finally(() => (isOver = true));
}

test('a message that waits can be taken back and sent again, by keyboard alone', async (t) => {
  const relay = await startPage(t);
  const { alice, bob } = await aliceAndBob(t, relay);
  await relay.kill();
  await Promise.all([alice, bob].map((person) => person.connection('reconnecting')));
  await alice.write('one');
  await alice.write('two');
  await alice.see((all) => all('[data-action=cancel]').length === 2 && getComputedStyle(all('[data-action=cancel]')[0]).visibility === 'visible');
  await (await alice.element('[data-action=cancel]')).focus();
  await alice.page.keyboard.press('Enter');
  assert.equal(await alice.state('one', 'failed'), 'Cancelled');
  // The button that had the focus is there still, and offers the other thing.
  const focused = (all, action) => all(`[data-action=${action}]`).some((button) => button.getRootNode().activeElement === button);
  await alice.see(focused, 'resend');

  const next = await startPage(t, [], { data: relay.data, ports: relay.ports, args: ['--metrics', '127.0.0.1:0'] });
  await alice.state('two', 'stored', 'delivered');
  await bob.reads('two');
  await hasHandedOver(next);
  assert.equal(await alice.state('one', 'failed'), 'Cancelled');
  await alice.page.keyboard.press('Enter');
  await alice.state('one', 'delivered');
  await bob.reads('one');
});

test('3000 bytes go from browser to browser where the operator states that the path is safe, else the excess is told', async (t) => {
  const text = 'long '.repeat(600).trim();
  const strict = await aliceAndBob(t, await startPage(t));
  await strict.alice.paste(text);
  assert.match(await strict.alice.alert(), /Too long by [0-9]{4} bytes/);

  const safe = await aliceAndBob(t, await startPage(t, ['alice', 'bob'], { args: ['--message-path', 'congestion-safe'] }));
  await (await safe.alice.paste(text)).press('Enter');
  await safe.bob.reads(text);
  await safe.alice.state(text, 'delivered');
});
