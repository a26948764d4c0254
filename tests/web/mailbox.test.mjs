import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, Person } from './browsers.mjs';
import { link, startPage } from './page.mjs';

test('what is written to somebody who is not there is said to be accepted, and read when they come', async (t) => {
  const relay = await startPage(t);
  const alice = await Person.open(await launch(t, 'chrome'), link(relay, 'alice', 'bob'));
  await alice.connection('connected');
  await alice.write('one');
  await alice.write('two');
  for (const text of ['one', 'two']) assert.equal(await alice.state(text, 'stored'), 'Accepted, will be delivered later');
  const bob = await Person.open(await launch(t, 'firefox'), link(relay, 'bob', 'alice'));
  await bob.reads('two');
  assert.deepEqual(await bob.texts('in'), ['one', 'two']);
  await bob.write('here I am');
  await alice.reads('here I am');
});
