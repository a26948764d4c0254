import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const lines = readFileSync(join(docs, 'rfc-coverage.md'), 'utf8').split('\n');

/** The cells of every row of the tables whose last column is "Shown by". */
function rows() {
  const found = [];
  let isCoverage = false;
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) isCoverage = false;
    else if (/\| Shown by \|$/.test(line)) isCoverage = true;
    else if (isCoverage && !/^[|-]+$/.test(line)) found.push({ number: index + 1, cells: line.split('|').slice(1, -1).map((cell) => cell.trim()) });
  }
  return found;
}

/** One link and the names of tests in that file: [`file`](path) "name", "name". */
const proof = /\[`[^`]+`\]\(([^)]+)\)((?:,? "[^"]+")+)/g;

/** The names of the tests in a file, for Catch2 and for node:test; C++ joins literals that stand side by side. */
function testNames(path) {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.cpp')) return [...text.matchAll(/\btest\((['"`])((?:\\.|(?!\1).)*)\1/gs)].map((match) => match[2].replace(/\\(.)/g, '$1'));
  const literals = /\b(?:TEST_CASE|SECTION)\(\s*((?:"(?:\\.|[^"\\])*"\s*)+)/g;
  const name = (text) => [...text.matchAll(/"((?:\\.|[^"\\])*)"/g)].map((match) => match[1].replace(/\\(.)/g, '$1')).join('');
  return [...text.matchAll(literals)].map((match) => name(match[1]));
}

test('each row of the coverage has four cells, and names a test for what it shows', () => {
  assert.ok(rows().length > 100);
  for (const { number, cells } of rows()) {
    assert.equal(cells.length, 4, `line ${number}`);
    assert.ok(cells[0] && cells[1], `line ${number}: an empty cell`);
    const rest = cells[3].replace(proof, '').replace(/^[; ]*$/, '');
    assert.ok(cells[3] === '-' || rest === '', `line ${number}: "${rest}" is no test`);
  }
});

test('each file of the coverage exists', () => {
  for (const [index, line] of lines.entries())
    for (const [, target] of line.matchAll(/\]\(([^)]+)\)/g))
      assert.ok(/^(https?:|#)/.test(target) || existsSync(join(docs, target)), `line ${index + 1}: there is no ${target}`);
});

test('each test of the coverage is found in its file', () => {
  for (const { number, cells } of rows())
    for (const [, target, names] of cells[3].matchAll(proof)) {
      const known = testNames(join(docs, target));
      for (const [, name] of names.matchAll(/"([^"]+)"/g))
        assert.ok(known.some((whole) => whole.includes(name)), `line ${number}: no test "${name}" in ${target}`);
    }
});
