import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';

const file = process.env.SIPMSG_WASM;
const module = await WebAssembly.compile(readFileSync(file));
const abi = readFileSync(new URL('../../wasm/ABI.md', import.meta.url), 'utf8');

test('the module exports what wasm/ABI.md lists', () => {
  const listed = [...abi.matchAll(/`(\w+)\([^`]*\)[^`]*`/g)].map((match) => match[1]);
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  const byUs = exported.filter((name) => /^(sip_|_initialize$)/.test(name)); // Emscripten adds its stack and its table
  assert.deepEqual(byUs.sort(), listed.sort());
});

test('the module wants nothing but stubs of the C library, and comes without generated JavaScript', () => {
  const wanted = WebAssembly.Module.imports(module);
  assert.deepEqual([...new Set(wanted.map(({ module: name }) => name))].filter((name) => !['env', 'wasi_snapshot_preview1'].includes(name)), []);
  assert.ok(wanted.length <= 4, JSON.stringify(wanted));
  assert.deepEqual(readdirSync(dirname(file)).filter((name) => /\.m?js$/.test(name)), []);
});

/** An instance with its inputs in reach. */
async function start() {
  const imports = {};
  for (const { module: name, name: field } of WebAssembly.Module.imports(module)) (imports[name] ??= {})[field] = () => 0;
  const { exports } = await WebAssembly.instantiate(module, imports);
  exports._initialize();
  const put = (bytes) => {
    const address = exports.sip_buffer(bytes.length);
    new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  };
  return { exports, put };
}

test('records that end too early, and calls before an account is there, are refused and not obeyed', async () => {
  const { exports, put } = await start();
  assert.equal(exports.sip_create(put(Buffer.from([255, 255, 255, 255, 1]))), 0);
  assert.equal(exports.sip_create(put(Buffer.alloc(0))), 0);
  assert.equal(exports.sip_send(0, 0, put(Buffer.from([9]))), 0);
  for (const name of ['sip_start', 'sip_stop', 'sip_network_available', 'sip_advance']) exports[name](0, 0);
  exports.sip_receive(0, 0, 1, put(Buffer.from('garbage')));
  assert.equal(exports.sip_poll(), 0);
  assert.equal(exports.sip_deadline(), -1);
});
