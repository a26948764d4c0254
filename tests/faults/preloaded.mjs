import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.SIPMSG_PRELOADED ?? new URL('../../build/asan/tests', import.meta.url).pathname;

/** The environment of a program that libraries from here are loaded before. */
export function preloaded(...names) {
  const libraries = names.map((name) => join(directory, `lib${name}.so`));
  for (const library of libraries) assert.ok(existsSync(library), `${library} is not built`);
  return { LD_PRELOAD: libraries.join(':') };
}
