import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../build/bench/bin/bench_load', import.meta.url));

/** What a process takes now. */
export const usage = (pid) => ({
  megabytes: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024,
  files: readdirSync(`/proc/${pid}/fd`).length,
});
export const told = ({ megabytes, files }) => `${megabytes.toFixed(1)} MiB, ${files} files`;

/** Starts the load of bench/relay against a relay: `report` comes at its end. */
export function startLoad(t, relay, options) {
  const where = ['--ws-port', relay.ports.ws, '--udp-port', relay.ports.udp, '--relay', relay.child.pid, '--domain', 'example.test'];
  const child = spawn(program, [...where, ...options].map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return { child, report: once(child, 'close').then(() => output && JSON.parse(output)) };
}

/** Waits until something holds true, for two minutes at most. */
export async function until(holds, what) {
  const end = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(50);
  }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
