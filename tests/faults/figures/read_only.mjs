// A disk that the system makes read-only while the relay runs, as ext4 is after an error: needs root and a loop device.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, servicePort } from '../../support/http.mjs';
import { forEveryone, fromStranger, signIn, takeAll } from '../../support/mail.mjs';
import { startWithUsers, temporaryDirectory } from '../../support/relay.mjs';
import { converse, instantMessage, status } from '../../support/sip.mjs';
import { WebSocketClient } from '../../support/web_socket.mjs';

const run = (file, ...args) => execFileSync(file, args, { stdio: 'pipe' });

export async function readOnly(t) {
  const directory = temporaryDirectory();
  const [image, disk] = [join(directory, 'image'), join(directory, 'disk')];
  mkdirSync(disk);
  run('truncate', '-s', '64M', image);
  run('mkfs.ext4', '-q', image);
  run('mount', '-o', 'loop', image, disk);
  let isMounted = true;
  const unmount = () => isMounted && run('umount', disk) && (isMounted = false);
  t.after(unmount);

  const data = join(disk, 'data');
  const args = ['--metrics', '127.0.0.1:0', '--log-level', 'info', ...forEveryone];
  const relay = await startWithUsers(t, ['bob'], { data, args });
  const ready = async () => (await ask(servicePort(relay, 'metrics'), '/readyz')).status;
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  const accepted = [];
  const write = async (text) => {
    carol.send(fromStranger(text));
    const code = status(await carol.message());
    if (code === 202) accepted.push(text);
    return code;
  };
  for (let i = 0; i < 10; ++i) assert.equal(await write(`before ${i}`), 202);
  assert.equal(await ready(), 200);
  run('mount', '-o', 'remount,abort', disk);
  const refusals = [await write('after'), await write('after that')];
  assert.deepEqual(refusals, [500, 500]);
  assert.equal(await ready(), 503);
  const bob = await signIn(t, relay.ports.ws, 'bob');
  const waiting = await takeAll(bob, accepted.length);
  assert.deepEqual(waiting, accepted);
  await converse(carol, bob, instantMessage('carol', 'bob', 'hello', { From: '<sip:carol@example.net>;tag=1' }), 'hello');
  await relay.end();

  unmount();
  try {
    run('e2fsck', '-fy', image);
  } catch (error) {
    assert.equal(error.status, 1); // "errors were corrected"
  }
  run('mount', '-o', 'loop', image, disk);
  isMounted = true;
  const again = await startWithUsers(t, [], { data, args });
  const after = await takeAll(await signIn(t, again.ports.ws, 'bob'), accepted.length);
  assert.deepEqual(after, accepted);
  await again.end();
  console.log(`a disk that becomes read-only: new messages were answered ${refusals.join(' and ')}, /readyz 503; who was there went on, and ${waiting.length} of ${accepted.length} that`);
  console.log('  waited were delivered; after a repair of the disk and a restart they came again, since nothing could be forgotten, and none was missing');
}
