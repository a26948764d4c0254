import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => name === 'README.md' || name === 'CONTRIBUTING.md' || /^docs\/.*\.md$/.test(name));

/** Where the links and pictures of a page lead to, without what stands in blocks of code. */
const links = (text) => [...text.replace(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1]);

for (const page of pages)
  test(`${page} links to files that exist`, () => {
    const relative = links(readFileSync(join(root, page), 'utf8')).filter((target) => !/^([a-z]+:|#)/.test(target));
    const missing = relative.filter((target) => !existsSync(join(root, dirname(page), target.replace(/#.*/, ''))));
    assert.deepEqual(missing, []);
  });

test('the entrance pages are among those that were looked at', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']) assert.ok(pages.includes(page), page);
});
