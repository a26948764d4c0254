import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantMessage, status } from '../support/sip.mjs';
import { launch, Person } from './browsers.mjs';
import { link, startPage } from './page.mjs';
import { startPhone } from './phone.mjs';

/** A phone of another domain, whose person writes to alice with more than a text. */
async function stranger(t, relay) {
  const phone = await startPhone(t, relay);
  return async (text, fields) => {
    const From = '"Bob" <sip:bob@elsewhere.test>;tag=1';
    phone.send(instantMessage('bob', 'alice', text, { ...phone.over, From, ...fields }));
    assert.equal(status(await phone.message('the answer')), 200);
  };
}

for (const [browser, language, words] of [
  ['chrome', 'en-US', { urgent: 'Urgent', expired: 'Expired' }],
  ['firefox', 'ja-JP', { urgent: '至急', expired: '期限切れ' }],
])
  test(`subject, priority, language and the end of a message's time are shown (${browser}, ${language})`, async (t) => {
    const relay = await startPage(t);
    const write = await stranger(t, relay);
    const alice = await Person.open(await launch(t, browser, { language }), link(relay, 'alice'));
    await alice.connection('connected');
    await write('Mahlzeit', { Subject: 'Mittagessen', Priority: 'urgent', 'Content-Language': 'de', Expires: '3600' });
    await (await alice.element('[data-peer="sip:bob@elsewhere.test"]')).click();
    await alice.reads('Mahlzeit');
    const shown = await alice.see((all) => {
      const bubble = all('.bubble')[0];
      const text = (part) => bubble.querySelector(part)?.textContent;
      return { priority: text('.priority'), subject: text('.subject'), lang: bubble.querySelector('.body').lang };
    });
    assert.deepEqual(shown, { priority: words.urgent, subject: 'Mittagessen', lang: 'de' });

    const isOver = (all, text) =>
      all('[data-message]').some((one) => one.querySelector('.body').textContent === text && 'expired' in one.dataset);
    await write('soon over', { Expires: '1' });
    await alice.see(isOver, 'soon over');
    assert.equal(await alice.see((all) => all('[data-expired]').length), 1);
    assert.match(await alice.text(), new RegExp(words.expired));
    assert.deepEqual(alice.errors, []);
  });
