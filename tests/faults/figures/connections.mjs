// Ten thousand browsers that sign in and are gone without a word.
import { setTimeout as pause } from 'node:timers/promises';
import { ask, servicePort } from '../../support/http.mjs';
import { startRelay } from '../../support/relay.mjs';
import { startLoad, told, usage } from './process.mjs';

const most = 10_000; // as many as the relay takes

async function gauge(relay, name) {
  const { text } = await ask(servicePort(relay, 'metrics'), '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
}
async function reaches(relay, name, isReached) {
  for (let value = await gauge(relay, name); !isReached(value); value = await gauge(relay, name)) await pause(50);
}

export async function connections(t, [rounds = '5']) {
  const relay = await startRelay(t, ['--log-level', 'info', '--metrics', '127.0.0.1:0']);
  const now = () => told(usage(relay.child.pid));
  console.log(`${most} connections, opened, registered and dropped at once: at first ${now()}`);
  for (let round = 1; round <= Number(rounds); ++round) {
    const start = performance.now();
    const { child, report } = startLoad(t, relay, ['--work', 'idleness', '--users', most, '--duration', 600]);
    await reaches(relay, 'sipmsg_registered_users', (users) => users === most);
    const opened = performance.now();
    const open = now();
    child.kill('SIGKILL');
    await report;
    const dropped = performance.now();
    await reaches(relay, 'sipmsg_connections\\{transport="ws"\\}', (count) => count === 0);
    await reaches(relay, 'sipmsg_registered_users', (users) => users === 0);
    const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
    console.log(`  ${round}: open after ${seconds(start, opened)} s (${open}), gone after ${seconds(dropped, performance.now())} s (${now()})`);
  }
}
