// The relay alone on a laptop, by the configuration that docs/operating.md has.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask } from '../support/http.mjs';
import { adapted, block } from '../support/manual.mjs';
import { passwordOf, runProgram, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { SdkClient } from './sdk_client.mjs';

test('alone on a laptop the relay serves the page, and who has an account there writes to another', async (t) => {
  const directory = temporaryDirectory();
  const file = join(directory, 'relay.json');
  const places = { ':8060': ':0', ':5060': ':0', 'sipmsg-data': join(directory, 'data'), 'web/dist': process.env.SIPMSG_WEB };
  writeFileSync(file, adapted(block('Alone on a laptop', 'json'), places));
  const users = ['alice@127.0.0.1', 'bob@127.0.0.1'];
  for (const user of users) {
    const added = await runProgram(t, ['user', 'add', user, '--config', file], { input: `${passwordOf(user)}\n` });
    assert.equal(added.code, 0, added.stderr);
  }
  const { ports } = await startRelay(t, ['--config', file], { left: 'all' });
  const page = await ask(ports.ws, '/');
  assert.equal(page.status, 200);
  assert.match(page.text, /<sip-chat|app\.js/);

  const origin = `http://127.0.0.1:${ports.ws}`;
  const [alice, bob] = await Promise.all(users.map((user) => SdkClient.connected(t, ports.ws, user, { origin })));
  await Promise.all([alice.delivers(users[1], 'from laptop to laptop'), bob.receives(users[0], 'from laptop to laptop')]);
});
