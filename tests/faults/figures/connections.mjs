// Ten thousand browsers that sign in and are gone without a word.
import assert from 'node:assert/strict';
import { ask, servicePort } from '../../support/http.mjs';
import { startRelay } from '../../support/relay.mjs';
import { startLoad, told, until, usage } from './process.mjs';

const most = 10_000; // as many as the relay takes

async function gauge(relay, name) {
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
}
const reaches = (relay, name, expected) => until(async () => (await gauge(relay, name)) === expected, `${name} is ${expected}`);

export async function connections(t, [rounds = '5']) {
  const relay = await startRelay(t, ['--log-level', 'info', '--metrics', '127.0.0.1:0']);
  const now = () => usage(relay.child.pid);
  const first = now();
  console.log(`${most} connections, opened, registered and dropped at once: at first ${told(first)}`);
  const left = [];
  for (let round = 1; round <= Number(rounds); ++round) {
    const start = performance.now();
    const { child, report } = startLoad(t, relay, ['--work', 'idleness', '--users', most, '--duration', 600]);
    await reaches(relay, 'sipmsg_registered_users', most);
    const opened = performance.now();
    const open = now();
    child.kill('SIGKILL');
    await report;
    const dropped = performance.now();
    await reaches(relay, 'sipmsg_connections\\{transport="ws"\\}', 0);
    await reaches(relay, 'sipmsg_registered_users', 0);
    const gone = performance.now();
    // The connection that the metrics were asked by may still be open.
    await until(() => now().files <= first.files, `no more files are open than the ${first.files} at first`);
    left.push(now());
    const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
    console.log(`  ${round}: open after ${seconds(start, opened)} s (${told(open)}), gone after ${seconds(dropped, gone)} s (${told(left.at(-1))})`);
  }
  const [one, last] = [left[0].megabytes, left.at(-1).megabytes];
  assert.ok(last <= 1.25 * one, `what stays grows: ${one.toFixed(1)} MiB after the first time, ${last.toFixed(1)} after the last`);
}
