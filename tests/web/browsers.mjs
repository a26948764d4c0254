// Stock Chromium and Firefox, driven alike; what a person does and sees, by the hooks of the page.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { load } from '../support/npm.mjs';

const { default: puppeteer } = await load('puppeteer-core');

const programs = {
  chrome: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
};
const chromeArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** How long a person would wait before calling it broken; milliseconds. Nothing is asserted about it. */
export const patience = 60_000;

export async function launch(t, browser, { language = 'en-US', args = [] } = {}) {
  const executablePath = programs[browser].find((file) => existsSync(file));
  const userDataDir = mkdtempSync(path.join(tmpdir(), `sipmsg-${browser}-`));
  const instance = await puppeteer.launch({
    browser,
    executablePath,
    userDataDir,
    headless: true,
    timeout: patience,
    args: browser === 'chrome' ? [...chromeArgs, `--lang=${language}`, `--accept-lang=${language}`, ...args] : args,
    env: { ...process.env, LANGUAGE: language, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    ...(browser === 'firefox' ? { extraPrefsFirefox: { 'intl.accept_languages': language } } : {}),
  });
  // Its processes have an end of this pipe each, and write to the directory as long as they are there.
  const isGone = once(instance.process(), 'close');
  t.after(async () => {
    await instance.close();
    await isGone;
    rmSync(userDataDir, { recursive: true, force: true });
  });
  return instance;
}

/** All elements that match, in every shadow root too. Runs in the page. */
function allElements(selector) {
  const within = (root) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? within(element.shadowRoot) : [])),
  ];
  return within(document);
}

/** What is asked of a page that is just being left has no answer. */
function reloading(error) {
  if (!/context|navigat|frame|realm/i.test(error.message)) throw error;
}

/** One person in front of one page. */
export class Person {
  constructor(page) {
    this.page = page;
    this.errors = [];
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async open(browser, url) {
    const person = new Person(await browser.newPage());
    person.page.setDefaultTimeout(patience);
    await person.page.goto(url);
    return person;
  }

  /**
   * Calls `look` in the page with all(selector), which looks through every shadow root, until it gives something.
   * The page's policy forbids it to evaluate strings, so the whole expression comes by the debugger.
   */
  async look(look, ...args) {
    const expression = `(${look})(${allElements}, ...${JSON.stringify(args)})`;
    const end = Date.now() + patience;
    for (;;) {
      const handle = await this.page.evaluateHandle(expression).catch(reloading);
      if (await handle?.evaluate((value) => Boolean(value)).catch(reloading)) return handle;
      if (Date.now() > end) throw new Error(`looked in vain for ${look} with ${JSON.stringify(args)} on a page that reads:\n${await this.text()}`);
      await setTimeout(20);
    }
  }
  async see(look, ...args) {
    return (await this.look(look, ...args)).jsonValue();
  }
  async element(selector) {
    return (await this.look((all, wanted) => all(wanted)[0], selector)).asElement();
  }
  /** Everything that there is to read. */
  text() {
    return this.page.evaluate(`(${allElements})('*').map((one) => [...one.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.data.trim()).join(' ')).filter(Boolean).join('\\n')`);
  }

  /** Waits until the connection has that state. */
  connection(status) {
    return this.see((all, wanted) => all(`[data-connection="${wanted}"]`).length > 0, status);
  }
  async write(text) {
    const composer = await this.element('textarea[data-composer]');
    await composer.type(text);
    await composer.press('Enter');
  }
  /** Types a text in place of what a field holds. */
  async retype(selector, text) {
    const field = await this.element(selector);
    await field.evaluate((input) => input.select());
    await field.type(text);
  }
  /** Puts a text into the composer at once, as from the clipboard. */
  async paste(text) {
    const composer = await this.element('textarea[data-composer]');
    await composer.evaluate((area, pasted) => {
      area.focus();
      document.execCommand('insertText', false, pasted);
    }, text);
    return composer;
  }
  /** Waits until own message `text` has one of these states; gives the words below it. */
  state(text, ...states) {
    return this.see(
      (all, wanted, allowed) => {
        const own = all('[data-message][data-direction=out]').filter((one) => one.querySelector('.body').textContent === wanted);
        return own.some((one) => allowed.includes(one.dataset.state)) && (own[0].querySelector('.state')?.textContent ?? ' ');
      },
      text,
      states,
    );
  }
  /** Waits until the words below own message `text` hold `words`. */
  words(text, words) {
    return this.see(
      (all, wanted, part) =>
        all('[data-message][data-direction=out]').some(
          (one) => one.querySelector('.body').textContent === wanted && one.querySelector('.state')?.textContent.includes(part),
        ),
      text,
      words,
    );
  }
  /** Waits until a message of the other one reads `text`. */
  reads(text) {
    return this.see(
      (all, wanted) =>
        all('[data-message][data-direction=in] .body').some((body) => body.textContent === wanted),
      text,
    );
  }
  /** Every text on the screen of that direction, in order. */
  texts(direction) {
    return this.see(
      (all, wanted) => all(`[data-message][data-direction=${wanted}] .body`).map((body) => body.textContent),
      direction,
    );
  }
  /** Waits until the browser has on its disk that a message of this text was said. */
  async keeps(text) {
    const kept = (all, wanted) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('sipmsg');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const asked = database.transaction('messages').objectStore('messages').getAll();
          asked.onsuccess = () => resolve(asked.result.some(({ body }) => body === wanted));
          asked.onerror = () => reject(asked.error);
          database.close(); // once that is answered
        };
      });
    await this.see(kept, text);
  }
  alert() {
    return this.see((all) => all('[role=alert]').map((one) => one.textContent.trim()).find((text) => text));
  }
}
