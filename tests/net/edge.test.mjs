// The relay as the edge proxy of example.test, whose registrar is a relay, too (RFC 3327, RFC 5626 5).
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { Flow } from '../support/flow.mjs';
import { startRelay, startWithUsers, temporaryDirectory } from '../support/relay.mjs';

/** `args` are further ones of the relay at home; `startEdge` starts another edge, where that of `ports` listened. */
async function startBoth(t, transport, args = []) {
  const home = await startWithUsers(t, ['alice', 'bob'], { args });
  const data = join(temporaryDirectory(t), 'data');
  const upstream = ['--upstream', `example.test=sip:127.0.0.1:${home.ports[transport]};transport=${transport}`];
  const startEdge = ({ tcp = 0, udp = 0 } = {}) =>
    startRelay(t, ['--domain', 'edge.test', '--auth', 'digest', '--data', data, '--tcp', `127.0.0.1:${tcp}`, '--udp', `127.0.0.1:${udp}`, ...upstream]);
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
    const again = await startEdge(edge.ports);
    await bob.sends('alice', 'to nobody', 480);
    const alice = await Flow.registered(t, again.ports.ws, 'alice', { device });
    await Promise.all([bob.sends('alice', 'back again'), alice.receives('back again')]);
    await Promise.all([alice.sends('bob', 'and from there'), bob.receives('and from there')]);
  });
