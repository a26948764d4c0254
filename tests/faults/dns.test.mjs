import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnsServer } from '../support/dns_server.mjs';
import { udpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { body, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

async function registered(t, relay, user) {
  const client = await WebSocketClient.open(t, relay.ports.ws);
  client.send(register(user, `sip:${user}@client.invalid;transport=ws`));
  assert.equal(status(await client.message()), 200);
  return client;
}

test('while the name server is gone those at home and the domains that are known are reached, and others once it is back', async (t) => {
  const others = await udpPhone(t, 0); // the server of each other domain
  const zone = { 'A server.test': ['127.0.0.1'] };
  for (const domain of ['known.test', 'lost0.test', 'lost1.test', 'new0.test', 'new1.test']) zone[`SRV _sip._udp.${domain}`] = [[1, 1, others.port, 'server.test']];
  const dns = await dnsServer(t, zone);
  const relay = await startRelay(t, dns.option);
  const [alice, bob] = [await registered(t, relay, 'alice'), await registered(t, relay, 'bob')];
  const write = (domain) => alice.send(instantMessage('alice', 'bob', domain, { uri: `sip:bob@${domain}`, To: `<sip:bob@${domain}>` }));
  const reach = async (domain) => {
    write(domain);
    const received = await others.message(`the message to ${domain}`);
    assert.equal(body(received), domain);
    others.answer(ok(received));
    assert.equal(status(await alice.message('the answer')), 200);
  };

  await reach('known.test');
  for (let time = 0; time < 2; ++time) {
    dns.goesAway();
    write(`lost${time}.test`);
    await converse(bob, bob, instantMessage('bob', 'bob', 'at home'), 'at home');
    const refusal = await alice.message('the answer');
    assert.equal(status(refusal), 500);
    assert.match(refusal, /^Retry-After: \d+\r$/m);
    await reach('known.test');
    await dns.comesBack();
    // The failure is remembered as long as Retry-After said: another domain, then.
    await reach(`new${time}.test`);
  }
});
