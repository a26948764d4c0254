import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => /\.(h|cpp|ts|mjs)$/.test(name));
const read = (name) => readFileSync(root + name, 'utf8');
const includes = (text) => [...text.matchAll(/^#include ["<]([^">]+)[">]/gm)].map((match) => match[1]);

/** Each layer of the core may include itself and what stands before it. */
const layers = ['base', 'message', 'transport', 'transaction', 'auth', 'im', 'ua'];

/** What protocol logic must not know of: I/O, threads, clocks, chance, the environment. */
const forbiddenHeaders =
  /^(boost|openssl|sys|netinet|arpa|unistd\.h|thread|mutex|condition_variable|future|atomic|fstream|iostream|filesystem|random|ctime|cstdio|sqlite3\.h|nlohmann|spdlog|ares\.h)\b/;
const forbiddenNames = /\b(random_device|getenv|(steady|system|high_resolution)_clock|printf|std::cout|std::cerr|::time\(|rand\()/;

test('each layer of the core includes only itself and those before it', () => {
  for (const name of files.filter((file) => file.startsWith('core/'))) {
    const own = layers.indexOf(name.split('/')[1]);
    assert.notEqual(own, -1, `${name} lies in no layer`);
    for (const header of includes(read(name)).filter((header) => header.includes('/'))) {
      const layer = layers.indexOf(header.split('/')[0]);
      assert.ok(layer !== -1 && layer <= own, `${name} includes ${header}`);
    }
  }
});

test('core, wasm and relay/logic do no I/O, read no clock, draw no chance', () => {
  const logic = files.filter((file) => /^(core|wasm|relay\/logic)\//.test(file));
  assert.ok(logic.length > 50);
  for (const name of logic) {
    const text = read(name);
    for (const header of includes(text)) assert.doesNotMatch(header, forbiddenHeaders, `${name} includes ${header}`);
    assert.doesNotMatch(text, forbiddenNames, name);
  }
});

test('Boost and c-ares stay in relay/net, SQLite in relay/store', () => {
  for (const name of files.filter((file) => file.startsWith('relay/'))) {
    for (const header of includes(read(name))) {
      if (/^(boost\/|ares\.h)/.test(header)) assert.match(name, /^relay\/net\//, `${name} includes ${header}`);
      if (header.startsWith('sqlite3')) assert.match(name, /^relay\/store\//, `${name} includes ${header}`);
    }
  }
});

test('prometheus-cpp stays in relay/ops', () => {
  for (const name of files.filter((file) => file.startsWith('relay/') && !file.startsWith('relay/ops/')))
    for (const header of includes(read(name))) assert.doesNotMatch(header, /^prometheus\//, `${name} includes ${header}`);
});

test('relay/net, relay/store and relay/config do not know of each other', () => {
  const folders = ['net', 'store', 'config'];
  for (const folder of folders)
    for (const name of files.filter((file) => file.startsWith(`relay/${folder}/`)))
      for (const header of includes(read(name)))
        for (const other of folders.filter((candidate) => candidate !== folder))
          assert.ok(!header.startsWith(`${other}/`), `${name} includes ${header}`);
});

test('the SDK knows no DOM, and the chat does not reach below the SDK', () => {
  for (const name of files.filter((file) => file.startsWith('web/src/sdk/')))
    assert.doesNotMatch(read(name), /\b(document|HTMLElement|customElements)\b/, name);
  for (const name of files.filter((file) => file.startsWith('web/src/chat/')))
    assert.doesNotMatch(read(name), /\b(new WebSocket|WebAssembly)\b/, name);
});

test('no file is longer than 400 lines', () => {
  for (const name of files) {
    const lines = read(name).split('\n').length - 1;
    assert.ok(lines <= 400, `${name} has ${lines} lines`);
  }
});

test('each TEST_CASE stands in a *_test.cpp, of which ctest makes its tests', () => {
  const cases = files.filter((name) => name.endsWith('.cpp') && /^\s*(TEST_CASE|TEMPLATE_TEST_CASE|SCENARIO)/m.test(read(name)));
  assert.ok(cases.length > 100);
  for (const name of cases) assert.match(name, /_test\.cpp$/);
});
