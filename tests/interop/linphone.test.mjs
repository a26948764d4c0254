import { test } from 'node:test';
import { makeAuthority } from '../support/certificate.mjs';
import { startWithUsers, temporaryDirectory } from '../support/relay.mjs';
import { Linphone } from './linphone.mjs';
import { SdkClient } from './sdk_client.mjs';

async function converse(t, transport, args = [], trust = {}) {
  const relay = await startWithUsers(t, ['alice', 'phone'], { args });
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  const phone = Linphone.start(t, relay, 'phone', transport, trust);
  await phone.registers();
  await phone.write('alice', 'from the phone: こんにちは');
  await alice.receives('phone', 'from the phone: こんにちは');
  await alice.delivers('phone', 'to the phone: grüße 👋');
  await phone.receives('alice', 'to the phone: grüße 👋');
}

for (const transport of ['udp', 'tcp'])
  test(`Linphone registers over ${transport} with a password and exchanges messages with a browser's client`, (t) => converse(t, transport));

test("Linphone registers over tls with a password and exchanges messages with a browser's client", (t) => {
  const authority = makeAuthority(temporaryDirectory());
  const { certificate, key } = authority.issue('relay', 'DNS:localhost');
  const args = ['--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key];
  return converse(t, 'tls', args, { host: 'localhost', authority: authority.certificate });
});
