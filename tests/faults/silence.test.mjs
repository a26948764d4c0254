import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servicePort } from '../support/http.mjs';
import { tcpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { instantMessage, register, status } from '../support/sip.mjs';
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
