// The page of a relay that has users, and people who open it.
import { passwordOf, startWithUsers } from '../support/relay.mjs';
import { launch, Person } from './browsers.mjs';

export const address = (user) => `${user}@example.test`;

export const startPage = (t, users = ['alice', 'bob'], options = {}) =>
  startWithUsers(t, users, { ...options, args: ['--web', process.env.SIPMSG_WEB, ...(options.args ?? [])] });

export function link(relay, user, peer, password = passwordOf(user)) {
  const fields = new URLSearchParams({ address: address(user), password, ...(peer ? { peer: address(peer) } : {}) });
  return `http://127.0.0.1:${relay.ports.ws}/#${fields}`;
}

/** alice in Chromium and bob in Firefox, each with the other's conversation open and connected. */
export async function aliceAndBob(t, relay) {
  const [chromium, firefox] = await Promise.all([launch(t, 'chrome'), launch(t, 'firefox')]);
  const [alice, bob] = await Promise.all([
    Person.open(chromium, link(relay, 'alice', 'bob')),
    Person.open(firefox, link(relay, 'bob', 'alice')),
  ]);
  await Promise.all([alice.connection('connected'), bob.connection('connected')]);
  return { alice, bob, chromium, firefox };
}
