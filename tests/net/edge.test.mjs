// The relay as the edge proxy of example.test, whose registrar is a relay, too (RFC 3327, RFC 5626 5).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { Flow } from '../support/flow.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { body, converse, instantMessage, ok, register, status } from '../support/sip.mjs';
import { byOutbound, byPath, downTo, startEdge } from '../support/upstream.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

/** `args` are further ones of the relay at home; `startEdge` starts another edge where the first listened. */
async function startBoth(t, transport, args = []) {
  const home = await startWithUsers(t, ['alice', 'bob'], { args });
  const data = join(temporaryDirectory(), 'data');
  const upstream = ['--upstream', `example.test=sip:127.0.0.1:${home.ports[transport]};transport=${transport}`];
  const listeners = ['--tcp', `127.0.0.1:${await freePort()}`, '--udp', `127.0.0.1:${await freePort()}`];
  const startEdge = () => startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--data', data, ...listeners, ...upstream]);
  return { home, edge: await startEdge(), startEdge };
}

for (const transport of ['udp', 'tcp'])
  test(`browsers behind an edge write to those at home, and to each other, over ${transport.toUpperCase()}`, async (t) => {
    const { home, edge } = await startBoth(t, transport);
    const alice = await Flow.registered(t, edge.ports.ws, 'alice');
    const tablet = await Flow.registered(t, edge.ports.ws, 'bob');
    await Promise.all([alice.sends('bob', 'across the edge'), tablet.receives('across the edge')]);
    const bob = await Flow.registered(t, home.ports.ws, 'bob');
    await Promise.all([bob.sends('alice', 'from home'), alice.receives('from home')]);
    await Promise.all([alice.sends('bob', 'to both'), bob.receives('to both'), tablet.receives('to both')]);
  });

async function vanishes(flow, edge) {
  const start = edge.log.length;
  flow.vanish();
  await edge.says(/flow \d+ closed/, start);
}

test('what is written to who is behind an edge and gone is stored at home, and comes in order when they are back', async (t) => {
  const { home, edge } = await startBoth(t, 'tcp');
  const bob = await Flow.registered(t, home.ports.ws, 'bob');
  const device = randomUUID();
  await vanishes(await Flow.registered(t, edge.ports.ws, 'alice', { device }), edge);
  for (const text of ['one', 'two']) await bob.sends('alice', text, 202);
  const alice = await Flow.registered(t, edge.ports.ws, 'alice', { device });
  for (const text of ['one', 'two']) await alice.receives(text);
});

for (const transport of ['udp', 'tcp'])
  test(`who is gone, or was before the edge was started anew, is said not to be there at once, and reached when back, over ${transport.toUpperCase()}`, async (t) => {
    const { home, edge, startEdge } = await startBoth(t, transport, ['--mailbox', 'off']);
    const bob = await Flow.registered(t, home.ports.ws, 'bob');
    const device = randomUUID();
    await vanishes(await Flow.registered(t, edge.ports.ws, 'alice', { device }), edge);
    await bob.sends('alice', 'to nobody', 480);
    const before = await Flow.registered(t, edge.ports.ws, 'alice', { device });
    await Promise.all([bob.sends('alice', 'back'), before.receives('back')]);

    await edge.end();
    const again = await startEdge();
    await bob.sends('alice', 'to nobody', 480);
    const alice = await Flow.registered(t, again.ports.ws, 'alice', { device });
    await Promise.all([bob.sends('alice', 'back again'), alice.receives('back again')]);
    await Promise.all([alice.sends('bob', 'and from there'), bob.receives('and from there')]);
  });

for (const [how, registration, refusal] of [['with a reg-id', byOutbound, 430], ['without', byPath, 480]])
  test(`a server whose client has registered ${how} and is gone hears ${refusal} (RFC 5626 5.3.1)`, async (t) => {
    const { relay, alice, upstream, path } = await startEdge(t, { registration });
    upstream.send(downTo('while she is there', path));
    const received = await alice.message();
    assert.equal(body(received), 'while she is there');
    alice.send(ok(received));
    assert.equal(status(await upstream.message()), 200);
    await vanishes(alice, relay);
    upstream.send(downTo('when she is gone', path));
    assert.equal(status(await upstream.message()), refusal);
  });

test('with an upstream for any domain the clients of each come to it, but not those of the domain here', async (t) => {
  const { relay, upstream, received } = await startEdge(t, { of: '*' });
  assert.match(received, /^REGISTER sip:example\.test SIP/);
  const other = await WebSocketClient.open(t, relay.ports.ws);
  const address = '<sip:carol@other.test>';
  other.send(register('carol', '', { ...byPath, uri: 'sip:other.test', To: address, From: `${address};tag=1` }));
  const registration = await upstream.message();
  assert.match(registration, /^REGISTER sip:other\.test SIP/);
  upstream.send(ok(registration));
  assert.equal(status(await other.message()), 200);
  other.send(instantMessage('carol', 'dave', 'to a third', { uri: 'sip:dave@third.test', To: '<sip:dave@third.test>', From: `${address};tag=1` }));
  const message = await upstream.message();
  assert.match(message, /^MESSAGE sip:dave@third\.test SIP/);
  upstream.send(ok(message));
  assert.equal(status(await other.message()), 200);

  const own = await WebSocketClient.open(t, relay.ports.ws);
  const ours = '<sip:erin@edge.test>';
  own.send(register('erin', 'sip:erin@client.invalid;transport=ws', { uri: 'sip:edge.test', To: ours, From: `${ours};tag=1` }));
  assert.equal(status(await own.message()), 200);
});

test('who registers by a proxy is told the way back to the registrar, and writes by it (RFC 3608)', async (t) => {
  const home = await startRelay(t);
  const edge = await startRelay(t, ['--domain', 'edge.test', '--upstream', `example.test=sip:127.0.0.1:${home.ports.tcp};transport=tcp`]);
  const [alice, bob] = [await WebSocketClient.open(t, edge.ports.ws), await WebSocketClient.open(t, home.ports.ws)];
  const signedIn = async (client, ...registration) => {
    client.send(register(...registration));
    const answer = await client.message();
    assert.equal(status(answer), 200);
    return /^Service-Route: (.*)\r$/m.exec(answer)?.[1];
  };
  assert.equal(await signedIn(bob, 'bob', 'sip:bob@client.invalid;transport=ws'), undefined);
  const route = await signedIn(alice, 'alice', '', byPath);
  assert.match(route, new RegExp(`^<sip:[^>]*@127\\.0\\.0\\.1:${home.ports.tcp};transport=tcp;lr>$`));
  const received = await converse(alice, bob, instantMessage('alice', 'bob', 'by the route', { Route: route }), 'by the route');
  assert.doesNotMatch(received, /^Route:/m);
});
