// Who guesses at passwords, or writes to somebody, learns from no answer whether there is such a user, and is to learn it
// from the time that the answer takes as little. Times vary; the instructions that callgrind counts do not.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../support/relay.mjs';

/**
 * Not half of what the least digest takes, and some tenths of a microsecond: the best that is known to be measured over a
 * local network takes many thousands of requests, and `limit-wrong-passwords` allows a few dozen.
 */
const mostDifference = 1000;

/** The instructions for one name, on average, by the title that the program gives them. */
async function countInstructions() {
  const directory = temporaryDirectory();
  const counts = join(directory, 'counts');
  const options = ['--tool=callgrind', '--collect-atstart=no', '--combine-dumps=yes', `--callgrind-out-file=${counts}`];
  const program = [process.env.SIPMSG_EQUAL_WORK, join(directory, 'data')];
  // Or the first call of each function would count the search for it.
  const env = { ...process.env, LD_BIND_NOW: '1' };
  const { stdout } = await promisify(execFile)('valgrind', [...options, ...program], { env });
  const names = Number.parseInt(stdout, 10);
  const dumps = readFileSync(counts, 'latin1').matchAll(/^desc: Trigger: Client Request: (.*)$[^]*?^summary: (\d+)$/gm);
  return new Map([...dumps].map(([, title, sum]) => [title, Number(sum) / names]));
}

test('requests in the names of who exists and of who does not', async (t) => {
  const counts = await countInstructions();
  const take = (title) => {
    assert.ok(counts.has(title), `there is no ${title}, but ${[...counts.keys()].join(', ')}`);
    const count = counts.get(title);
    counts.delete(title);
    return count;
  };
  const isEqual = (title) => {
    const known = take(`${title} (known)`);
    const more = known - take(`${title} (unknown)`);
    t.diagnostic(`${title}: ${known} instructions, ${more} of them only for a user who exists`);
    assert.ok(known > 5 * mostDifference, `${title}: ${known} instructions cannot be all`);
    assert.ok(Math.abs(more) < mostDifference, `${title}: ${more} instructions more for a user who exists`);
  };
  for (const [method, status] of [['REGISTER', 401], ['MESSAGE', 407], ['INVITE', 407]])
    for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256'])
      await t.test(`a wrong password takes as much work where there is no such user: ${method}, ${algorithm}`, () =>
        isEqual(`guess ${method} ${algorithm}: ${status}`));
  for (const method of ['MESSAGE', 'INVITE'])
    await t.test(`what a stranger writes takes as much work where there is no such user: ${method}`, () =>
      isEqual(`stranger ${method}: 480`));
  await t.test('an account that is not there takes as much work to look up', () => isEqual('account: looked up'));
  await t.test('a digest that is left out, were it but of nothing, would be noticed', () =>
    assert.ok(take('control: d41d8cd98f00b204e9800998ecf8427e') > 2 * mostDifference));
  assert.equal(counts.size, 0);
});
