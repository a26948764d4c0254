// The relay as the edge in front of Kamailio, by the configurations of both that docs/operating.md has.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { adapted, block } from '../support/manual.mjs';
import { Flow } from '../support/flow.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { believe } from './browser.mjs';
import { signIn } from './jssip.mjs';
import { startKamailioServer } from './kamailio.mjs';
import { SdkClient } from './sdk_client.mjs';

const heading = 'The edge in front of Kamailio';
const ours = readFileSync(new URL('kamailio/server.cfg', import.meta.url), 'utf8');

/** What the manual says in place of what our whole configuration has for it. */
const replaced = [/^(?:listen=(?:udp|tcp)|alias=).*\n/gm, /^modparam\("registrar".*\n/gm, /^(?:event_route\[tm:|failure_route\[)[^]*?^}\n/gm];

/** Kamailio with the manual's lines. */
function startKamailio(t, directory, port) {
  let rest = ours;
  for (const lines of replaced) {
    assert.match(rest, lines);
    rest = rest.replace(lines, '');
  }
  const config = join(directory, 'kamailio.cfg');
  writeFileSync(config, rest + adapted(block(heading, 'cfg'), { '192.0.2.1:5060': `127.0.0.1:${port}`, 'example.net': 'example.test' }));
  return startKamailioServer(t, 'example.test', { config, port });
}

/** The relay with the manual's configuration. */
function startEdge(t, directory, upstreamPort) {
  const { certificate, key } = makeAuthority(directory).issue('relay', 'IP:127.0.0.1');
  const file = join(directory, 'relay.json');
  const places = {
    '0.0.0.0:443': '127.0.0.1:0',
    '192.0.2.2:5060': '127.0.0.1:0',
    '192.0.2.1:5060': `127.0.0.1:${upstreamPort}`,
    'example.net': 'example.test',
    '/etc/sipmsg/tls/fullchain.pem': certificate,
    '/etc/sipmsg/tls/privkey.pem': key,
    '/var/lib/sipmsg': join(directory, 'data'),
    '/usr/share/sipmsg/web': process.env.SIPMSG_WEB,
  };
  writeFileSync(file, adapted(block(heading, 'json'), places));
  return startRelay(t, ['--config', file, '--drain-seconds', '1', '--log-level', 'debug'], { left: 'all' });
}

/** Where browsers get to the edge, and by which authority they believe it. */
async function startBoth(t) {
  const directory = temporaryDirectory();
  const kamailio = await startKamailio(t, directory, await freePort());
  const relay = await startEdge(t, directory, kamailio.port);
  return { kamailio, relay, port: relay.ports.wss, ca: readFileSync(join(directory, 'authority.pem')) };
}

test('browsers sign in to Kamailio by way of the edge and write to each other, and Kamailio forgets whose connection is gone', async (t) => {
  const { kamailio, relay, port, ca } = await startBoth(t);
  believe(ca);
  const alice = await signIn(t, `wss://127.0.0.1:${port}/`, 'alice');
  const bob = await SdkClient.connected(t, port, 'bob', { ca });
  await Promise.all([alice.delivers('bob', 'to the page: grüße 👋'), bob.receives('alice', 'to the page: grüße 👋')]);
  const [message] = await Promise.all([alice.message(), bob.delivers('alice', 'from the page: こんにちは')]);
  assert.deepEqual(message, { from: 'bob', body: 'from the page: こんにちは' });

  assert.equal((await kamailio.contacts()).length, 2);
  const start = relay.log.length;
  await bob.vanishes();
  await relay.says(/flow \d+ closed\n/, start);
  await assert.rejects(alice.delivers('bob', 'to nobody'), / 480$/);
  assert.equal((await kamailio.contacts()).length, 1);
});

test('a browser that comes anew while its former connection is open has one contact at Kamailio, that of the new one', async (t) => {
  const { kamailio, port, ca } = await startBoth(t);
  const device = { device: randomUUID(), tls: { ca } };
  await Flow.registered(t, port, 'alice', device);
  const flow = await Flow.registered(t, port, 'alice', device);
  const [contact, ...others] = await kamailio.contacts();
  assert.ok(contact.includes(`Address: ${flow.contact}\n`), contact);
  assert.deepEqual(others, []);
});
