import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, Person } from './browsers.mjs';
import { address, link, startPage } from './page.mjs';

/** The same in both browsers. */
function inEachBrowser(name, run) {
  for (const browser of ['chrome', 'firefox']) test(`${name} (${browser})`, async (t) => run(t, await launch(t, browser)));
}

inEachBrowser('a wrong password is said in words, and another one can be tried', async (t, browser) => {
  const relay = await startPage(t);
  const alice = await Person.open(browser, link(relay, 'alice', 'bob', 'wrong'));
  assert.match(await alice.alert(), /address or the password is not right/);
  await (await alice.element('[name=password]')).type('secret of alice');
  await (await alice.element('button[type=submit]')).click();
  await alice.connection('connected');
  await (await alice.element('[data-sign-out]')).click();
  await alice.element('[name=address]');
});

inEachBrowser('what keeps a message from arriving is said in words', async (t, browser) => {
  const relay = await startPage(t, ['alice', 'bob'], { args: ['--mailbox', 'off'] });
  const alice = await Person.open(browser, link(relay, 'alice', 'nobody'));
  await alice.connection('connected');
  await alice.write('is anyone there?');
  await alice.words('is anyone there?', 'nobody has this address');

  const newPeer = await alice.element('[data-new-peer]');
  await newPeer.type('not an address');
  await newPeer.press('Enter');
  assert.match(await alice.alert(), /not an address/);

  await alice.retype('[data-new-peer]', 'bob');
  await newPeer.press('Enter');
  await alice.see((all) => all('h2').some((heading) => heading.textContent.includes('bob@example.test')));
  await alice.write('are you there, bob?');
  await alice.words('are you there, bob?', 'not reachable');

  const composer = await alice.element('textarea[data-composer]');
  await composer.evaluate((area) => {
    area.value = 'x'.repeat(1300);
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  assert.match(await alice.alert(), /Too long by \d+ bytes/);
  await alice.see((all) => all('[data-send]')[0].disabled);
});

inEachBrowser('a relay that cannot be reached is said in words', async (t, browser) => {
  const relay = await startPage(t);
  const alice = await Person.open(browser, `http://127.0.0.1:${relay.ports.ws}/`);
  await (await alice.element('[name=address]')).type(address('alice'));
  await (await alice.element('[name=password]')).type('secret of alice');
  await relay.kill();
  await (await alice.element('button[type=submit]')).click();
  // Nothing can be loaded any more, not even the program: either way it is a sentence, and no spinner.
  const words = await alice.see((all) =>
    all('[role=alert], [data-connection=reconnecting]').map((one) => one.textContent.trim()).find((text) => text),
  );
  assert.match(words, /could not start|cannot be reached/);
});

inEachBrowser('Enter sends, except while an input method is composing', async (t, browser) => {
  const relay = await startPage(t);
  const alice = await Person.open(browser, link(relay, 'alice', 'bob'));
  await alice.connection('connected');
  const composer = await alice.element('textarea[data-composer]');
  await composer.type('kan');
  const press = (more) =>
    composer.evaluate(
      (area, init) => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init })),
      more,
    );
  // dispatchEvent() tells whether the key keeps its own meaning: true where the page left it to the input method.
  assert.equal(await press({ isComposing: true }), true);
  assert.equal(await press({ keyCode: 229 }), true);
  assert.equal(await press({ shiftKey: true }), true);
  assert.deepEqual(await alice.texts('out'), []);
  assert.equal(await press({}), false);
  await alice.state('kan', 'queued', 'sending', 'stored');
  assert.deepEqual(await alice.texts('out'), ['kan']);
});
