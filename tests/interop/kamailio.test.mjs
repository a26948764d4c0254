import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startKamailio } from './kamailio.mjs';
import { SdkClient } from './sdk_client.mjs';

for (const algorithm of ['MD5', 'SHA-256']) {
  test(`two browsers' clients register with Kamailio by ${algorithm} and exchange messages through it`, async (t) => {
    const port = await startKamailio(t, algorithm);
    const alice = await SdkClient.connected(t, port, 'alice');
    const bob = await SdkClient.connected(t, port, 'bob');
    await alice.delivers('bob', 'Hello, Bob: grüße 👋');
    await bob.receives('alice', 'Hello, Bob: grüße 👋');
    await bob.delivers('alice', 'こんにちは、アリス');
    await alice.receives('bob', 'こんにちは、アリス');
  });

  test(`a password that Kamailio refuses by ${algorithm} is told as such`, async (t) => {
    const alice = await SdkClient.start(t, await startKamailio(t, algorithm), 'alice', 'a guess');
    const { status, trouble } = await alice.settled();
    assert.deepEqual({ status, trouble }, { status: 'failed', trouble: 'wrong-password' });
  });
}
