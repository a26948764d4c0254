// As much load as ThreadSanitizer lets through, on I/O threads, while connections come and go and the configuration is read anew.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { startRelay } from '../../support/relay.mjs';
import { startLoad } from './process.mjs';

const program = fileURLToPath(new URL('../../../build/tsan/bin/sipmsg-relay', import.meta.url));

export async function threads(t, [seconds = '60']) {
  const limits = ['--limit-messages', '1000000', '--limit-connection-messages', '1000000'];
  const relay = await startRelay(t, ['--io-threads', '2', '--log-level', 'info', ...limits], { file: program });
  const steady = startLoad(t, relay, ['--prefix', 'steady', '--users', 400, '--random-pairs', '--warm-up', 1, '--duration', seconds]);
  let isOver = false;
  steady.report.then(() => (isOver = true));
  let came = 0;
  let reloads = 0;
  while (!isOver) {
    await startLoad(t, relay, ['--work', 'idleness', '--prefix', 'comes', '--users', 100, '--warm-up', 0, '--duration', 0.2]).report;
    came += 100;
    await relay.signal('SIGHUP', /the configuration is read anew/);
    ++reloads;
  }
  const report = await steady.report;
  await relay.end(); // whose exit code would tell of a data race
  console.log(`${seconds} s under ThreadSanitizer, two I/O threads: ${report.counts.accepted} messages between 400 users (all right: ${report.is_right}), ${came} sign-ins of users who went again, ${reloads} reloads; no data race`);
  assert.ok(report.is_right, `not every message was answered, and once, and right: ${JSON.stringify(report.counts)}`);
}
