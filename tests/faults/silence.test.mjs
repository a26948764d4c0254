import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { servicePort } from '../support/http.mjs';
import { tcpPhone } from '../support/phones.mjs';
import { soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { instantMessage, register, status } from '../support/sip.mjs';
import { closed } from '../support/socket.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';
import { preloaded } from './preloaded.mjs';

async function browser(t, relay, user) {
  const client = await WebSocketClient.open(t, relay.ports.ws);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

test('a browser that says nothing for 80 seconds is pinged; one that answers stays, another is gone after 120, and its binding with it', async (t) => {
  // 120 seconds of the relay's are eight.
  const relay = await startRelay(t, ['--limit-arrival-seconds', '600'], { env: { ...preloaded('hurried_clock'), SIPMSG_HURRY: '15' } });
  const [calm, gone] = [await browser(t, relay, 'calm'), await browser(t, relay, 'gone')];
  const isPinged = async (client) => assert.equal((await client.next('a ping')).kind, 'ping');
  await isPinged(calm);
  calm.send('', 'pong');
  await isPinged(gone);
  assert.equal((await gone.next('its end')).kind, 'end');
  await isPinged(calm);
  calm.send(instantMessage('calm', 'gone', 'are you there?'));
  assert.equal(status(await calm.message()), 480);
});

test('to the metrics a connection that asks nothing is soon over, and one that has asked stays', async (t) => {
  // Ten seconds of the relay's are two.
  const relay = await startRelay(t, ['--metrics', '127.0.0.1:0'], { env: { ...preloaded('hurried_clock'), SIPMSG_HURRY: '5' } });
  const port = servicePort(relay, 'metrics');
  const asking = await tcpPhone(t, port);
  const ask = async () => {
    asking.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match(await asking.message(), /^HTTP\/1\.1 200 /);
  };
  await ask();
  const silent = await tcpPhone(t, port);
  assert.equal(await silent.message('its end'), null);
  await ask();
});

/** Waits until the relay has a file open, or has not. */
async function hasOpen(relay, file, isOpen) {
  const directory = `/proc/${relay.child.pid}/fd`;
  const target = (descriptor) => {
    try {
      return readlinkSync(join(directory, descriptor));
    } catch {
      return ''; // closed meanwhile
    }
  };
  let isOver = false;
  const look = async () => {
    while (!isOver && readdirSync(directory).some((descriptor) => target(descriptor) === file) !== isOpen) await setImmediate();
  };
  await soon(look(), `the relay to ${isOpen ? 'open' : 'close'} ${file}`).finally(() => (isOver = true));
}

test('a browser that asks for a large file and takes nothing of it is gone after 30 seconds, and the file is closed', async (t) => {
  const web = temporaryDirectory();
  const file = join(web, 'large.bin');
  const size = 64 << 20; // more than the buffers of the system hold
  writeFileSync(file, '');
  truncateSync(file, size);
  // Thirty seconds of the relay's are two.
  const relay = await startRelay(t, ['--web', web, '--limit-arrival-seconds', '600'], { env: { ...preloaded('hurried_clock'), SIPMSG_HURRY: '15' } });
  const slow = connect(relay.ports.ws, '127.0.0.1');
  t.after(() => slow.destroy());
  await soon(once(slow, 'connect'), 'a connection');
  const end = closed(slow);
  slow.pause();
  slow.write('GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await hasOpen(relay, file, true);
  await hasOpen(relay, file, false);
  let taken = 0;
  slow.on('data', (chunk) => (taken += chunk.length));
  slow.resume();
  await soon(end, 'its end');
  assert.ok(taken < size, `${taken} of ${size} bytes`);
});
