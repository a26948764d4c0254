// Minutes of everything at once: conversations, people who come and go, messages that wait. Memory and files are read each few seconds.
import { setTimeout as pause } from 'node:timers/promises';
import { forEveryone, fromStranger, signIn, takeAll } from '../../support/mail.mjs';
import { startRelay, startWithUsers } from '../../support/relay.mjs';
import { status } from '../../support/sip.mjs';
import { WebSocketClient } from '../../support/web_socket.mjs';
import { startLoad, told, usage } from './process.mjs';

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
  return count;
}

export async function soak(t, [seconds = '600']) {
  const duration = Number(seconds);
  const online = await startRelay(t, quiet);
  const mailbox = await startWithUsers(t, ['bob'], { args: [...quiet, ...forEveryone] });
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
  const points = { online: [], mailbox: [] };
  while (!isOver) {
    const minute = (performance.now() - start) / 60_000;
    points.online.push({ minute, ...usage(online.child.pid) });
    points.mailbox.push({ minute, ...usage(mailbox.child.pid) });
    await pause(2000);
  }
  const [report, came, stored] = [await steady.report, await churn, await letters];
  console.log(`${duration} s: ${report.counts.accepted} messages between 1000 users (all right: ${report.is_right}), ${came} sign-ins of users who went again, ${stored} messages that waited`);
  for (const [name, all] of Object.entries(points)) {
    const settled = all.filter(({ minute }) => minute > duration / 60 / 5); // the first fifth fills caches
    console.log(`  ${name === 'online' ? 'proxy and registrar' : 'mailbox'}: ${told(all[0])} at first, ${told(settled[0])} after a fifth, ${told(all.at(-1))} at the end; ${(slope(settled) * 1024).toFixed(0)} KiB a minute since the fifth`);
  }
}
