import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import './webcrypto.js';
import { decodeText } from '../src/sdk/charset.js';
import { connect, MemoryHistory } from '../src/sdk/index.js';
import { heard, status } from './events.js';
import { SipServer } from './sip_server.js';

const wasm = readFileSync(new URL(`file://${process.cwd()}/../build/wasm/bin/sipmsg.wasm`));

async function connected(t: TestContext) {
  const server = new SipServer();
  const client = await connect({
    server: 'ws://example.org/',
    address: 'alice@example.org',
    password: 'secret',
    wasm,
    history: new MemoryHistory(),
    WebSocket: server.WebSocket,
  });
  t.after(() => client.close());
  await status(client, 'connected');
  return { server, client };
}

/** A MESSAGE of bytes that need not be UTF-8. */
function message(type: string, body: number[]): Uint8Array {
  const header =
    `MESSAGE sip:alice@x.invalid SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bK${Math.random()}\r\nFrom: <sip:bob@example.org>;tag=1\r\n` +
    `To: <sip:alice@example.org>\r\nCall-ID: ${Math.random()}\r\nCSeq: 1 MESSAGE\r\n` +
    `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(header), Buffer.from(body)]);
}

const examples: [type: string, body: number[], text: string][] = [
  ['text/plain;charset=Shift_JIS', [0x82, 0xb1, 0x82, 0xf1, 0x82, 0xc9, 0x82, 0xbf, 0x82, 0xcd], 'こんにちは'],
  ['text/plain; charset="windows-1252"', [0x93, 0x47, 0x72, 0xfc, 0xdf, 0x65, 0x94, 0x20, 0x80], '\u201cGrüße\u201d €'],
  ['text/plain;charset=iso-2022-jp', [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42], 'あ'],
  ['text/plain;charset=utf-16le', [0x41, 0x00, 0x3d, 0xd8, 0x4b, 0xdc], 'A👋'],
  ['text/plain;charset=iso-8859-1', [0x47, 0x72, 0xfc, 0xdf, 0x65], 'Grüße'],
];
for (const [type, body, text] of examples) {
  test(`a text of ${type} is shown as it was written`, async (t) => {
    const { server, client } = await connected(t);
    const shown = heard(client);
    server.say(message(type, body));
    assert.equal((await shown).body, text);
    assert.match(server.responses.at(-1) ?? '', /^SIP\/2.0 200 /);
  });
}

test('windows-1252 is read by the Encoding Standard, every byte of it', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = decodeText('windows-1252', all);
  assert.equal(text.slice(0x80, 0xa0), '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ');
  assert.equal(text.slice(0, 0x80) + text.slice(0xa0), Buffer.from(all.filter((byte) => byte < 0x80 || byte > 0x9f)).toString('latin1'));
});

test('a charset that nobody knows gets 415, and so do bytes that are not of theirs', async (t) => {
  const { server, client } = await connected(t);
  server.say(message('text/plain;charset=x-klingon', [0x71]));
  server.say(message('text/plain;charset=Shift_JIS', [0x82]));
  const shown = heard(client);
  server.say(message('text/plain;charset=koi8-r', [0xc4, 0xc1]));
  assert.equal((await shown).body, 'да');
  assert.deepEqual(
    server.responses.map((response) => response.slice(8, 11)),
    ['415', '415', '200'],
  );
});
