import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInOf } from '../src/app/sign_in_link.js';

test('a link says who signs in, and with whom they talk', () => {
  assert.deepEqual(signInOf('#address=alice%40example.org&password=s%26t&peer=bob'), { address: 'alice@example.org', password: 's&t', peer: 'bob' });
  for (const hash of ['', '#', '#peer=bob', '#password=secret']) assert.equal(signInOf(hash), undefined);
});

test('a link says neither to what server a password is shown nor to what a person consents', () => {
  assert.deepEqual(signInOf('#address=alice%40example.org&server=wss%3A%2F%2Fevil.example&receipts=true&__proto__=x'), { address: 'alice@example.org' });
});
