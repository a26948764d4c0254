// A hundred calm conversations, alone and beside one client that sends as fast as it can. The relay's limits are those without any configuration.
import assert from 'node:assert/strict';
import { startRelay } from '../../support/relay.mjs';
import { median, startLoad } from './process.mjs';

const calm = ['--prefix', 'calm', '--users', 200, '--rate', 200, '--warm-up', 2, '--duration', 10];
const milliseconds = (microseconds) => (microseconds / 1000).toFixed(2);

export async function flood(t, [rounds = '5']) {
  const relay = await startRelay(t, ['--log-level', 'info']);
  const [alone, beside] = [[], []];
  let refused = 0;
  for (let round = 0; round < Number(rounds); ++round) {
    alone.push(await startLoad(t, relay, calm).report);
    const flooder = startLoad(t, relay, ['--prefix', `flood${round}x`, '--users', 2, '--window', 1000, '--warm-up', 0, '--duration', 600]);
    const report = await startLoad(t, relay, calm).report;
    assert.equal(flooder.child.exitCode, null, 'the flooder did not last');
    flooder.child.kill('SIGKILL');
    await flooder.report;
    beside.push(report);
    refused += report.counts.refused;
  }
  const p99 = (runs) => runs.map((run) => run.round_trip_us.p99);
  const told = (runs) => `p50 ${milliseconds(median(runs.map((run) => run.round_trip_us.p50)))} ms, p99 ${milliseconds(median(p99(runs)))} ms (${p99(runs).map(milliseconds).join(', ')})`;
  console.log(`100 conversations at 2 messages a second each, ${rounds} times, medians (and each):`);
  console.log(`  alone:             ${told(alone)}`);
  console.log(`  beside a flooder:  ${told(beside)}`);
  const times = median(p99(beside)) / median(p99(alone));
  console.log(`  p99 beside / alone: ${times.toFixed(2)}; calm messages refused: ${refused}`);
  for (const { is_right, counts } of [...alone, ...beside]) assert.ok(is_right, `not every calm message was answered, and once, and right: ${JSON.stringify(counts)}`);
  assert.ok(times <= 2, `the p99 of calm users is ${times.toFixed(2)} times as much beside a flooder, and not twice at most`);
}
