import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';

/** Bytes as a web server sends them; two in a hundred more than the module had when this was set. */
const budget = 90_000;

test('the module is as small as every page that loads it may expect', () => {
  const size = brotliCompressSync(readFileSync(process.env.SIPMSG_WASM)).length;
  assert.ok(
    size <= budget,
    `sipmsg.wasm has ${size} bytes after brotli, more than its budget of ${budget}. Every visitor waits for it before the ` +
      'first message: look for what came in with the change (a container, a stream, an instantiated template) before raising it',
  );
});
