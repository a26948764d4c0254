// Measures the relay beside Kamailio and the floor, in turns, and prints the tables of docs/performance.md.
//   node bench/relay/run.mjs [--runs 5] [--retries 2] [--only ws2ws,idle] [--any-core] [--sipmsg='--io-threads 2'] [--promise]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { floor, kamailio, runLoad, sipmsg, withContender } from './contenders.mjs';
import { promises } from './promises.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    retries: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    'any-core': { type: 'boolean', default: false },
    sipmsg: { type: 'string', default: '' },
    promise: { type: 'boolean', default: false },
  },
});
const contenders = [sipmsg(options.sipmsg.split(' ').filter(Boolean)), kamailio, floor];
/** The relay has a core, the load another one. */
const [relayCore, loadCore] = options['any-core'] || cpus().length < 2 ? [] : [0, 1];

const rate = { unit: 'messages a second', of: (run) => run.per_second, isBetter: 'more', digits: 0 };
const cpu = { unit: 'µs of CPU time a message', of: (run) => run.relay_us, isBetter: 'less', digits: 1 };
const flood = ['--work', 'messages', '--warm-up', 2, '--duration', 6];
const few = ['--users', 200];
const many = ['--users', 10_000, '--random-pairs'];

const scenarios = {
  ws2ws: { title: 'WebSocket to WebSocket', load: [...flood, ...few], measures: [rate, cpu] },
  ws2udp: { title: 'WebSocket to UDP', load: [...flood, ...few, '--to', 'udp'], measures: [rate, cpu] },
  udp2ws: { title: 'UDP to WebSocket', load: [...flood, ...few, '--from', 'udp'], measures: [rate, cpu] },
  // Kamailio and floor have tables of users as well: the same load shows what theirs cost.
  many: { title: 'WebSocket to WebSocket, 10,000 users', load: [...flood, ...many, '--under-way', 100], measures: [rate, cpu], few: 'ws2ws' },
  'many-at-once': { title: '10,000 users, half of them at once', load: [...flood, ...many], measures: [rate, cpu], few: 'ws2ws' },
  paced: { title: '5000 messages a second', load: [...flood, ...few, '--rate', 5000], measures: [cpu] },
  'paced-many': { title: '5000 messages a second, 10,000 users', load: [...flood, ...many, '--rate', 5000], measures: [cpu], few: 'paced' },
  // More than Kamailio can do on one core of many a machine.
  busy: { title: '15,000 messages a second', load: [...flood, ...few, '--rate', 15_000], measures: [cpu], without: 'Kamailio' },
  'busy-many': { title: '15,000 messages a second, 10,000 users', load: [...flood, ...many, '--rate', 15_000], measures: [cpu], few: 'busy', without: 'Kamailio' },
  idle: {
    title: '10,000 idle users', load: ['--work', 'idleness', '--users', 10_000, '--duration', 5],
    measures: [
      { unit: 'kB a user', of: (run) => run.bytes_per_user / 1000, isBetter: 'less', digits: 1 },
      { unit: 'µs of CPU time to connect and register', of: (run) => run.opening_us, isBetter: 'less', digits: 0 },
    ],
  },
  reg: {
    title: '2000 users that register again', load: ['--work', 'registrations', '--users', 2000, '--at-once', 200, '--warm-up', 1, '--duration', 5],
    measures: [{ ...rate, unit: 'REGISTERs a second' }, { ...cpu, unit: 'µs of CPU time a REGISTER' }],
  },
};

/** More than this of other work on the machine, or taken by its host, in cores: the run is tried again, and then counted as noisy. */
const quiet = 0.15;
const isNoisy = (run) => run.foreign_cores > quiet || run.stolen_cores > quiet;

async function measure(contender, scenario) {
  for (let tries = 0; ; ++tries) {
    const run = await withContender(contender, relayCore, (relay) => runLoad(relay, loadCore, scenario.load));
    if (!isNoisy(run) || tries === Number(options.retries)) return run;
  }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const format = (value, digits) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The rows of a scenario: a measure each, with the contenders' medians and how much better the first is than each other. */
function rows({ title, measures }, runs) {
  return measures.map(({ unit, of, isBetter, digits }, index) => {
    const medians = contenders.map(({ name }) => (runs[name]?.length ? median(runs[name].map(of)) : undefined));
    const [own, ...others] = medians;
    const ratios = others.map((other) => (other === undefined ? '' : format(isBetter === 'less' ? other / own : own / other, 2)));
    return `| ${[index ? '' : title, unit, ...medians.map((value) => (value === undefined ? '' : format(value, digits))), ...ratios].join(' | ')} |`;
  });
}

const chosen = Object.entries(scenarios).filter(([name]) => !options.only || options.only.split(',').includes(name));
const runs = Object.fromEntries(chosen.map(([name]) => [name, {}]));
const trouble = [];
let noisy = 0;
for (let turn = 0; turn < Number(options.runs); ++turn)
  for (const [name, scenario] of chosen)
    for (const contender of turn % 2 ? [...contenders].reverse() : contenders) {
      if (contender.name === scenario.without || (contender.webSocketOnly && /udp/.test(name))) continue;
      const run = await measure(contender, scenario);
      (runs[name][contender.name] ??= []).push(run);
      noisy += isNoisy(run);
      if (!run.is_right) trouble.push(`${contender.name}, ${name}: ${JSON.stringify(run.counts)} ${run.troubles}`);
      const figures = scenario.measures.map(({ unit, of, digits }) => `${format(of(run), digits)} ${unit}`).join(', ');
      process.stderr.write(`${turn + 1} ${name} ${contender.name}: ${figures}${isNoisy(run) ? ' (noisy)' : ''}${run.is_right ? '' : ' (WRONG)'}\n`);
    }

console.log(`| | | ${contenders.map(({ name }) => name).join(' | ')} | better than Kamailio by | than floor by |\n|---|---|${'---|'.repeat(contenders.length + 2)}`);
for (const [name, scenario] of chosen) console.log(rows(scenario, runs[name]).join('\n'));
for (const [name, scenario] of chosen) {
  const before = runs[scenario.few];
  if (!before) continue;
  const growth = ([contender, its]) => `${contender} ${format(median(its.map(cpu.of)) / median(before[contender].map(cpu.of)), 2)}`;
  console.log(`\n${name} for ${scenario.few}: CPU time a message grows by ${Object.entries(runs[name]).map(growth).join(', ')}`);
}
console.log(`\n${options.runs} runs each, ${noisy} of them noisy (more than ${quiet} cores of other work).`);
for (const line of trouble) console.log(`WRONG: ${line}`);

if (options.promise) {
  const figure = (scenario, contender, name) => runs[scenario]?.[contender] && median(runs[scenario][contender].map((run) => run[name]));
  const judged = promises(figure);
  for (const { what, value, bound, isKept } of judged) console.log(`${isKept ? 'kept' : 'NOT KEPT'}: ${what}: ${format(value, 2)} (${bound})`);
  if (!judged.length) trouble.push('no promise was measured');
  trouble.push(...judged.filter(({ isKept }) => !isKept));
}
process.exitCode = trouble.length ? 1 : 0;
