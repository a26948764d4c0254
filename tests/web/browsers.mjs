// Stock Chromium and Firefox, driven alike; what a person does and sees, by the hooks of the page.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
    args: browser === 'chrome' ? [...chromeArgs, `--lang=${language}`, ...args] : args,
    env: { ...process.env, LANGUAGE: language, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    ...(browser === 'firefox' ? { extraPrefsFirefox: { 'intl.accept_languages': language } } : {}),
  });
  t.after(async () => {
    await instance.close();
    rmSync(userDataDir, { recursive: true, force: true });
  });
  return instance;
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

  /** Calls `look` in the page with find(selector), which looks through every shadow root, until it gives something. */
  async see(look, ...args) {
    const handle = await this.page.waitForFunction(
      (source, ...values) => {
        const all = (selector, root = document) => [
          ...root.querySelectorAll(selector),
          ...[...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? all(selector, element.shadowRoot) : [])),
        ];
        return new Function(`return (${source})`)()(all, ...values);
      },
      { polling: 50, timeout: patience },
      look.toString(),
      ...args,
    );
    return handle.jsonValue();
  }

  async element(selector) {
    const handle = await this.page.waitForFunction(
      (wanted) => {
        const first = (root) => {
          const here = root.querySelector(wanted);
          if (here) return here;
          for (const element of root.querySelectorAll('*')) {
            const inside = element.shadowRoot && first(element.shadowRoot);
            if (inside) return inside;
          }
          return null;
        };
        return first(document);
      },
      { polling: 50, timeout: patience },
      selector,
    );
    return handle.asElement();
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
  alert() {
    return this.see((all) => all('[role=alert]').map((one) => one.textContent.trim()).find((text) => text));
  }
}
