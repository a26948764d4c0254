import { test } from 'node:test';
import { startWithUsers } from '../support/relay.mjs';
import { SdkClient } from './sdk_client.mjs';

test("what one browser's client writes to another one that is not there waits, through the death of the relay", async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const alice = await SdkClient.connected(t, relay.ports.ws, 'alice');
  await alice.leaves('bob', 'one: grüße 👋');
  await alice.leaves('bob', 'two');
  await relay.kill();
  await startWithUsers(t, [], { data: relay.data, ports: relay.ports });
  const bob = await SdkClient.connected(t, relay.ports.ws, 'bob');
  await bob.receives('alice', 'one: grüße 👋');
  await bob.receives('alice', 'two');
});
