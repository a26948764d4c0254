import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.SIPMSG_PRELOADED ?? new URL('../../build/asan/tests', import.meta.url).pathname;

/** The environment of a program that one of the libraries here is loaded before. */
export function preloaded(name) {
  const library = join(directory, `lib${name}.so`);
  assert.ok(existsSync(library), `${library} is not built`);
  return { LD_PRELOAD: library };
}
