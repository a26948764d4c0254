import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startKamailioServer } from '../interop/kamailio.mjs';
import { Phone } from '../interop/phone.mjs';
import { freePort } from '../support/ports.mjs';
import { passwordOf, startRelay } from '../support/relay.mjs';
import { authorization, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** A browser that registers with the server behind the relay; `registers` gives the status. */
async function behind(t, relay, user) {
  const client = await WebSocketClient.open(t, relay.ports.ws);
  const contact = `sip:${user}@client.invalid;transport=ws`;
  let cseq = 0;
  const send = (more) => client.send(register(user, contact, { Supported: 'path', 'Call-ID': `of ${user}`.replace(' ', '-'), CSeq: `${++cseq} REGISTER`, ...more }));
  const registers = async () => {
    send({});
    const answer = await client.message('the answer');
    if (status(answer) !== 401) return status(answer);
    send(authorization(answer, 'MD5', user, passwordOf(user), 'REGISTER', 'sip:example.test'));
    return status(await client.message('the answer'));
  };
  return { client, registers };
}

for (const transport of ['tcp', 'udp'])
  test(`an upstream server over ${transport.toUpperCase()} goes and comes back twice, and the browser behind the relay stays connected`, async (t) => {
    const port = await freePort();
    const server = `example.test=sip:127.0.0.1:${port};transport=${transport}`;
    const relay = await startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--upstream', server]);
    let kamailio = await startKamailioServer(t, 'example.test', { port });
    const alice = await behind(t, relay, 'alice');
    assert.equal(await alice.registers(), 200);
    for (let time = 0; time < 2; ++time) {
      await kamailio.end();
      if (transport === 'tcp') {
        // Nobody listens: that is known at once. Over UDP it is Timer F that tells, after 32 seconds.
        alice.client.send(instantMessage('alice', 'bob', 'to nobody'));
        assert.equal(status(await alice.client.message('the answer')), 500);
      }
      kamailio = await startKamailioServer(t, 'example.test', { port });
      assert.equal(await alice.registers(), 200);
      const bob = await Phone.registeredAt(t, port, 'bob');
      const sent = bob.sends('alice', `hello ${time}`);
      const received = await alice.client.message('the message');
      assert.match(received, /^MESSAGE /);
      alice.client.send(ok(received));
      await sent;
    }
  });
