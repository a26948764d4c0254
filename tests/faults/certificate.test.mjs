import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const tls = { rejectUnauthorized: false };

test('ten certificates one after the other: who is connected goes on writing, who comes sees the newest', async (t) => {
  const directory = temporaryDirectory();
  const { certificate, key } = makeCertificate(directory, 'number 0');
  const relay = await startRelay(t, ['--wss', '127.0.0.1:0', '--certificate', certificate, '--private-key', key, '--limit-messages', '1000000']);
  const people = [];
  const joins = async (user) => {
    const client = await WebSocketClient.open(t, relay.ports.wss, { tls });
    client.send(register(user, `sip:${user}@client.invalid;transport=ws`, { transport: 'WSS' }));
    assert.equal(status(await client.message()), 200);
    people.push({ user, client });
    return client;
  };
  let isOver = false;
  let count = 0;
  /** Writes to themselves, again and again. */
  async function goOn({ user, client }) {
    while (!isOver) {
      const text = `message ${++count}`;
      await converse(client, client, instantMessage(user, user, text, { transport: 'WSS' }), text);
    }
  }
  for (let i = 0; i < 10; ++i) await joins(`user${i}`);
  const all = people.map(goOn);
  for (let number = 1; number <= 10; ++number) {
    const next = makeCertificate(directory, `number ${number}`);
    copyFileSync(next.certificate, certificate);
    copyFileSync(next.key, key);
    await relay.signal('SIGHUP', /the configuration is read anew/);
    const newcomer = await joins(`newcomer${number}`);
    assert.equal(newcomer.certificate.subject.CN, `number ${number}`);
    all.push(goOn(people.at(-1)));
  }
  isOver = true;
  await Promise.all(all);
});
