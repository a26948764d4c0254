import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const manual = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');

/** The first block of code in that language under a heading of docs/operating.md. */
export function block(heading, language) {
  const section = manual.slice(manual.indexOf(`\n### ${heading}\n`) + 1).split(/\n##+ /)[0];
  assert.ok(section.startsWith(`### ${heading}\n`), `${heading} is missing`);
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section);
  assert.ok(found, `${heading} has no ${language}`);
  return found[1];
}

/** The text with what is only so on an operator's machine replaced; each of these must stand in it. */
export function adapted(text, replacements) {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), `${from} is missing in ${text}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
