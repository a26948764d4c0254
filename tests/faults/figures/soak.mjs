// Minutes of everything at once: conversations, people who come and go, messages that wait. Memory and files are read each few seconds.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { forEveryone, fromStranger, signIn, takeAll } from '../../support/mail.mjs';
import { startRelay, startWithUsers } from '../../support/relay.mjs';
import { status } from '../../support/sip.mjs';
import { WebSocketClient } from '../../support/web_socket.mjs';
import { startLoad, told, until, usage } from './process.mjs';

/** KiB a minute: of what is lost with each message, nine bytes would be too many. */
const most = 256;
const quiet = ['--log-level', 'info', '--limit-messages', '1000000'];

/** Growth in MiB a minute: the slope of the line that is nearest to all points. */
function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.minute), mean((point) => point.megabytes)];
  return mean((point) => (point.minute - x) * (point.megabytes - y)) / mean((point) => (point.minute - x) ** 2);
}

async function mail(t, relay, isOver) {
  const carol = await WebSocketClient.open(t, relay.ports.ws);
  let count = 0;
  while (!isOver()) {
    for (let i = 0; i < 20; ++i) {
      carol.send(fromStranger(`waits ${++count}`));
      if (status(await carol.message()) !== 202) throw new Error('not stored');
    }
    const bob = await signIn(t, relay.ports.ws, 'bob');
    await takeAll(bob, 20);
    bob.vanish();
    await pause(200);
  }
  carol.vanish();
  return count;
}

export async function soak(t, [seconds = '600']) {
  const duration = Number(seconds);
  const online = await startRelay(t, quiet);
  const mailbox = await startWithUsers(t, ['bob'], { args: [...quiet, ...forEveryone] });
  const relays = Object.fromEntries(Object.entries({ 'proxy and registrar': online, mailbox }).map(([name, relay]) => [name, { relay, first: usage(relay.child.pid) }]));
  const steady = startLoad(t, online, ['--prefix', 'steady', '--users', 1000, '--random-pairs', '--rate', 500, '--warm-up', 1, '--duration', duration]);
  let isOver = false;
  const letters = mail(t, mailbox, () => isOver);
  const churn = (async () => {
    let count = 0;
    while (!isOver) {
      await startLoad(t, online, ['--work', 'idleness', '--prefix', 'comes', '--users', 500, '--warm-up', 0, '--duration', 0.5]).report;
      count += 500;
    }
    return count;
  })();
  steady.report.then(() => (isOver = true));

  const start = performance.now();
  const points = Object.fromEntries(Object.keys(relays).map((name) => [name, []]));
  while (!isOver) {
    const minute = (performance.now() - start) / 60_000;
    for (const [name, { relay }] of Object.entries(relays)) points[name].push({ minute, ...usage(relay.child.pid) });
    await pause(2000);
  }
  const [report, came, stored] = [await steady.report, await churn, await letters];
  console.log(`${duration} s: ${report.counts.accepted} messages between 1000 users (all right: ${report.is_right}), ${came} sign-ins of users who went again, ${stored} messages that waited`);
  const growth = {};
  for (const [name, all] of Object.entries(points)) {
    const settled = all.filter(({ minute }) => minute > duration / 60 / 5); // the first fifth fills caches
    growth[name] = slope(settled) * 1024;
    console.log(`  ${name}: ${told(all[0])} at first, ${told(settled[0])} after a fifth, ${told(all.at(-1))} at the end; ${growth[name].toFixed(0)} KiB a minute since the fifth`);
  }
  assert.ok(report.is_right, `not every message was answered, and once, and right: ${JSON.stringify(report.counts)}`);
  for (const [name, { relay, first }] of Object.entries(relays)) {
    assert.ok(growth[name] <= most, `the memory of the ${name} grows by ${growth[name].toFixed(0)} KiB a minute`);
    await until(() => usage(relay.child.pid).files <= first.files, `no more files of the ${name} are open than the ${first.files} at first`);
  }
}
