import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, servicePort } from '../support/http.mjs';
import { tcpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { converse, instantMessage, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function browser(t, relay, user) {
  const client = await WebSocketClient.open(t, relay.ports.ws);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

async function phone(t, relay, user) {
  const client = await tcpPhone(t, relay.ports.tcp);
  client.send(register(user, `sip:${user}@127.0.0.1:${client.port};transport=tcp`, { transport: 'TCP', sentBy: `127.0.0.1:${client.port}` }));
  assert.equal(status(await client.message()), 200);
  return { ...client, stall: () => client.socket.pause() };
}

/** The status of the next response that is no 100 (RFC 4320 4.1 sends it where an answer takes long). */
async function finalStatus(client, what) {
  for (;;) {
    const answer = status(await client.message(what));
    if (answer >= 200) return answer;
  }
}

for (const [kind, signIn] of [['browser', browser], ['phone over TCP', phone]])
  test(`a ${kind} that reads nothing is closed, its correspondents are told, and others go on`, async (t) => {
    const relay = await startRelay(t, ['--metrics', '127.0.0.1:0']);
    const alice = await browser(t, relay, 'alice');
    const bob = await signIn(t, relay, 'bob');
    bob.stall();
    // More than the buffers of the system and of the relay hold together.
    const count = 400;
    const text = 'x'.repeat(60_000);
    for (let i = 0; i < count; ++i) alice.send(instantMessage('alice', 'bob', text));
    const answers = [];
    for (let i = 0; i < count; ++i) answers.push(await finalStatus(alice, `answer ${i}`));
    // What waited for bob when he was given up; then what came when he was gone.
    const refused = answers.lastIndexOf(503) + 1;
    assert.ok(refused > 0 && refused < count, `${refused} of ${count}`);
    assert.deepEqual(new Set(answers.slice(0, refused)), new Set([503]));
    assert.deepEqual(new Set(answers.slice(refused)), new Set([480]));
    const { text: metrics } = await ask(servicePort(relay, 'metrics'), '/metrics');
    assert.match(metrics, /^sipmsg_rejects_total\{reason="reads too slowly"\} 1$/m);
    const carol = await browser(t, relay, 'carol');
    await converse(alice, carol, instantMessage('alice', 'carol', 'hello'), 'hello');
  });
