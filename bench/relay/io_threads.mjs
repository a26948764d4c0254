// What I/O threads cost and bring: node bench/relay/io_threads.mjs [RUNS], from WebSocket to WebSocket. The load takes its share of the same
// cores, so with two of them three threads are two too many.
import { runLoad, sipmsg, withContender } from './contenders.mjs';

const runs = Number(process.argv[2] ?? 5);
const flood = ['--work', 'messages', '--warm-up', 2, '--duration', 5, '--users', 200];
const places = [
  { title: 'the relay on one core, the load on the other', relay: 0, load: 1 },
  { title: 'relay and load on every core', relay: undefined, load: undefined },
];
const threads = [0, 1, 2];
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const results = new Map();
for (let turn = 0; turn < runs; ++turn)
  for (const place of places)
    for (const count of turn % 2 ? [...threads].reverse() : threads) {
      const run = await withContender(sipmsg(['--io-threads', String(count)]), place.relay, (relay) => runLoad(relay, place.load, flood));
      if (!run.is_right) throw new Error(`${count} threads: ${run.troubles}`);
      const key = `${place.title}, ${count} I/O threads`;
      results.set(key, [...(results.get(key) ?? []), run]);
      process.stderr.write(`${turn + 1} ${key}: ${run.per_second.toFixed(0)} messages a second, ${run.relay_us.toFixed(1)} µs, ${run.foreign_cores.toFixed(2)} cores of other work\n`);
    }
console.log('| | messages a second | µs of CPU time a message |\n|---|---|---|');
for (const [key, of] of results)
  console.log(`| ${key} | ${Math.round(median(of.map((run) => run.per_second))).toLocaleString('en')} | ${median(of.map((run) => run.relay_us)).toFixed(1)} |`);
