import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordReader, RecordWriter } from '../src/sdk/records.js';

test('what is written is read back', () => {
  const fields = new RecordWriter().string('こんにちは').number(-1.5).string('').finish();
  const memory = new Uint8Array(7 + 4 + 1 + fields.length);
  new DataView(memory.buffer).setUint32(7, 1 + fields.length, true);
  memory[11] = 8;
  memory.set(fields, 12);
  const reader = new RecordReader(memory.buffer, 7);
  assert.equal(reader.type(), 8);
  assert.equal(reader.string(), 'こんにちは');
  assert.equal(reader.number(), -1.5);
  assert.equal(reader.string(), '');
});

test('a record that ends too early is an error, not another text', () => {
  const fields = new RecordWriter().string('hello').finish().slice(0, 6);
  const memory = new Uint8Array(4 + fields.length);
  memory.set(fields, 4);
  assert.throws(() => new RecordReader(memory.buffer, 0).string(), RangeError);
});
