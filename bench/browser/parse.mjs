// How long a page takes to parse a MESSAGE, by sipmsg's core in WebAssembly and by JsSIP, in one run of stock Chromium.
// Wants what `scripts/setup test` installs, and build/wasm/bin/bench_parse_wasm.wasm. Prints microseconds; passes or fails nothing.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { load } from '../../tests/support/npm.mjs';
import { launch, Person } from '../../tests/web/browsers.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const wasm = here('../../build/wasm/bin/bench_parse_wasm.wasm');
const messages = ['text', 'notified', 'phone'];
/** What becomes strings of each message, as page.mjs names it; every part: method, URI, sender, recipient, Call-ID, CSeq, body. */
const asked = { nothing: 'nothing', senderAndBody: 'sender, body', everyPart: 'every part' };
const rounds = 300;
/** Gives the page a clock of 5 µs; others have one of 100 µs. */
const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

if (!existsSync(wasm)) {
  console.error('build/wasm/bin/bench_parse_wasm.wasm is missing: cmake --preset wasm && cmake --build --preset wasm --target bench_parse_wasm');
  process.exit(1);
}

function print(message, bytes, read, jssip, sipmsg, ratio) {
  const numbers = [jssip, sipmsg, ratio].map((number) => number.padStart(8));
  console.log([message.padEnd(10), String(bytes).padStart(5), ` ${read.padEnd(14)}`, ...numbers].join(' '));
}

const ends = [];
const life = { after: (end) => ends.unshift(end) };

/** Serves the page; gives its address. */
async function serve() {
  const esbuild = await load('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: [here('page.mjs')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    nodePaths: [here('../../web/node_modules')],
  });
  const files = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', outputFiles[0].contents],
    '/bench_parse_wasm.wasm': ['application/wasm', readFileSync(wasm)],
  };
  const server = createServer(({ url }, response) => {
    const [type, content] = files[url] ?? [];
    response.writeHead(type ? 200 : 404, { ...isolated, ...(type ? { 'content-type': type } : {}) }).end(content);
  });
  life.after(() => server.close());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}

try {
  const url = await serve();
  const browser = await launch(life, 'chrome');
  const { page } = await Person.open(browser, url);
  await page.waitForFunction('globalThis.ready');
  console.log(`${await browser.version()}, medians of ${rounds} interleaved turns, µs a message\n`);
  print('message', 'bytes', 'read', 'JsSIP', 'sipmsg', 'ratio');
  for (const name of messages) {
    const text = readFileSync(here(`messages/${name}.sip`), 'utf8');
    const parts = await page.evaluate((message) => globalThis.partsOf(message), text);
    assert.deepEqual(parts.sipmsg, parts.jssip, `both parsers find the same in ${name}.sip`);
    for (const [what, label] of Object.entries(asked)) {
      const { jssip, sipmsg } = await page.evaluate((...given) => globalThis.measure(...given), text, what, rounds);
      print(name, Buffer.byteLength(text), label, jssip.toFixed(2), sipmsg.toFixed(2), (jssip / sipmsg).toFixed(1));
    }
  }
} finally {
  for (const end of ends) await end();
}
