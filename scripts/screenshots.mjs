#!/usr/bin/env node
// Draws the pictures of docs/screenshots from the page of build/release's relay: after scripts/setup test and scripts/build release.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
process.env.SIPMSG_RELAY ??= root('build/release/bin/sipmsg-relay');
process.env.SIPMSG_WEB ??= root('web/dist');
const { launch, Person } = await import('../tests/web/browsers.mjs');
const { link, startPage } = await import('../tests/web/page.mjs');
const pictures = root('docs/screenshots');
mkdirSync(pictures, { recursive: true });

/** As in a test: what is started is ended, the last first. */
const endings = [];
const t = { after: (end) => endings.unshift(end) };

/** Two people talk. */
async function converse(alice, bob, texts) {
  await alice.write(texts[0]);
  await bob.reads(texts[0]);
  await bob.write(texts[1]);
  await alice.reads(texts[1]);
  await alice.write(texts[2]);
  await alice.state(texts[2], 'delivered');
}

async function writeTo(alice, peer, text, ...states) {
  const typed = await alice.element('[data-new-peer]');
  await typed.type(peer);
  await typed.press('Enter');
  await alice.see((all, name) => all('h2').some((heading) => heading.textContent.includes(name)), peer);
  await alice.write(text);
  await alice.state(text, ...states);
}

const show = (person, name) => person.page.screenshot({ path: `${pictures}/${name}.png` });
const wide = { width: 1000, height: 640, deviceScaleFactor: 1 };
const narrow = { width: 390, height: 720, deviceScaleFactor: 1 };
const scheme = (person, value) => person.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);

async function draw(language, texts, lonely, names) {
  const relay = await startPage(t, ['alice', 'bob', 'carol']);
  const browser = await launch(t, 'chrome', { language });
  const open = async (user, peer) => {
    const context = await browser.createBrowserContext();
    const person = await Person.open(context, link(relay, user, peer));
    await person.page.setViewport(wide);
    await person.connection('connected');
    return person;
  };
  const bob = await open('bob', 'alice');
  const alice = await open('alice', 'bob');
  await converse(alice, bob, texts);
  await writeTo(alice, 'carol', lonely, 'stored');
  await writeTo(alice, 'nobody', lonely, 'failed');
  await show(alice, names.failed);
  await (await alice.element('[data-peer="sip:bob@example.test"]')).click();
  await alice.reads(texts[1]);
  await show(alice, names.conversation);
  if (!names.dark) return;
  await scheme(alice, 'dark');
  await show(alice, names.dark);
  await scheme(alice, 'light');
  await alice.page.setViewport(narrow);
  await show(alice, names.narrow);
  await alice.page.setViewport(wide);
  await (await alice.element('[data-sign-out]')).click();
  await alice.element('[name=address]');
  await show(alice, names.signIn);
  await relay.kill();
  await bob.connection('reconnecting');
  await bob.write('One more thing…');
  await bob.state('One more thing…', 'queued');
  await show(bob, names.offline);
}

try {
  await draw('en-US', ['Lunch at noon?', 'Yes! The usual place: https://example.org/menu', 'See you there 👋'], 'Are you in today?', {
    conversation: 'light', dark: 'dark', narrow: 'narrow', failed: 'failed', signIn: 'sign-in', offline: 'offline',
  });
  await draw('ja-JP', ['お昼、一緒にどうですか？', 'いいですね。いつもの店で: https://example.org/menu', 'では12時に 👋'], '今日は出社していますか？', {
    conversation: 'japanese', failed: 'japanese-failed',
  });
} finally {
  for (const end of endings) await end();
}
