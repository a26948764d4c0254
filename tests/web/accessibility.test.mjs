import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathOf } from '../support/npm.mjs';
import { instantMessage } from '../support/sip.mjs';
import { launch, Person } from './browsers.mjs';
import { link, startPage } from './page.mjs';
import { startPhone } from './phone.mjs';

const axe = readFileSync(pathOf('axe-core'), 'utf8');

/** Every violation of WCAG 2.1 A and AA that axe finds on the page as it is now. */
async function violations({ page }) {
  await page.evaluate(axe);
  const found = await page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(({ violations }) => violations)");
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
}

/** What a person of another domain has to say, with all that a message can carry. */
async function pressing(t, relay) {
  const phone = await startPhone(t, relay);
  const From = '<sip:bob@elsewhere.test>;tag=1';
  const fields = { Subject: 'Lunch', Priority: 'urgent', 'Content-Language': 'en', Expires: '0' };
  phone.send(instantMessage('bob', 'alice', 'now or never', { ...phone.over, From, ...fields }));
}

async function conversation(t, language) {
  const relay = await startPage(t);
  const browser = await launch(t, 'chrome', { language });
  const alice = await Person.open(browser, link(relay, 'alice', 'nobody'));
  await alice.connection('connected');
  await alice.write('one that fails');
  await alice.state('one that fails', 'failed');
  return { relay, alice };
}

for (const language of ['en-US', 'ja-JP'])
  for (const scheme of ['light', 'dark'])
    test(`every view can be read by everyone (${language}, ${scheme})`, async (t) => {
      const { relay, alice } = await conversation(t, language);
      await alice.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      assert.deepEqual(await violations(alice), []);
      await pressing(t, relay);
      await (await alice.element('[data-peer="sip:bob@elsewhere.test"]')).click();
      await alice.see((all) => all('[data-expired] .priority').length === 1);
      assert.deepEqual(await violations(alice), []);
      await alice.page.setViewport({ width: 360, height: 640 });
      await alice.see(() => innerWidth === 360);
      assert.deepEqual(await violations(alice), []);
      await relay.kill();
      await alice.connection('reconnecting');
      assert.deepEqual(await violations(alice), []);
      await (await alice.element('[data-sign-out]')).click();
      await alice.element('[name=address]');
      assert.deepEqual(await violations(alice), []);
    });

test('the page speaks the language of its reader', async (t) => {
  const { alice } = await conversation(t, 'ja-JP');
  await alice.words('one that fails', 'このアドレスの利用者はいません');
  assert.equal(await alice.page.evaluate('document.documentElement.lang'), 'ja-JP');
});

test('everything can be done with the keyboard alone', async (t) => {
  const relay = await startPage(t);
  const browser = await launch(t, 'chrome');
  const alice = await Person.open(browser, `http://127.0.0.1:${relay.ports.ws}/`);
  const { keyboard } = alice.page;
  await alice.element('[name=address]');
  await keyboard.type('alice@example.test');
  await keyboard.press('Tab');
  await keyboard.type('secret of alice');
  await keyboard.press('Enter');
  await alice.connection('connected');
  await (await alice.element('[data-new-peer]')).focus();
  await keyboard.type('bob');
  await keyboard.press('Enter');
  // The composer has the focus as soon as a conversation is open.
  await alice.see((all) => all('textarea[data-composer]')[0]?.matches(':focus'));
  await keyboard.type('by keyboard');
  await keyboard.press('Enter');
  await alice.state('by keyboard', 'stored');
  await keyboard.press('Escape');
  await alice.see((all) => all('h2').length === 0);
});
