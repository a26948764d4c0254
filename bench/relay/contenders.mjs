// The relays that are measured: each is a command that serves bench.test on two ports of 127.0.0.1 until SIGTERM.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const load = join(root, 'build/bench/bin/bench_load');

/** What the load alone would meet: one address, one user, one connection that send as much as they can. */
const noLimits = ['--limit-messages', '1000000', '--limit-connection-messages', '1000000', '--limit-connection-kilobytes', '1048576', '--limit-connections', '1000000'];

/** `options`: more of the relay's own. */
export const sipmsg = (options = []) => ({
  name: 'sipmsg',
  // As the service of the Debian package has it.
  env: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.tcache_max=2048:glibc.malloc.tcache_count=64' },
  command: ({ ws, sip }) => [
    join(root, 'build/release/bin/sipmsg-relay'),
    ...['--domain', 'bench.test', '--auth', 'none', '--data', ':memory:', '--log-level', 'warn'],
    ...['--ws', `127.0.0.1:${ws}`, '--udp', `127.0.0.1:${sip}`, ...noLimits, ...options],
  ],
});

export const kamailio = {
  name: 'Kamailio',
  command: ({ ws, sip, directory }) => [
    ...['kamailio', '-DD', '-E', '-f', fileURLToPath(new URL('kamailio.cfg', import.meta.url)), '-w', directory, '-Y', directory],
    ...['-m', '4096', '-M', '16', '-b', '4194304', '-x', 'tlsf', '-X', 'tlsf'], // MiB (it keeps each transaction for seconds); bytes of a UDP buffer; allocators
    ...['-A', `WS_PORT=${ws}`, '-A', `SIP_PORT=${sip}`],
  ],
};

export const floor = {
  name: 'floor',
  webSocketOnly: true,
  command: ({ ws }) => [join(root, 'build/bench/bin/bench_floor'), String(ws)],
};

const onCore = (core, command) => (core === undefined ? command : ['taskset', '-c', String(core), ...command]);

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs a contender while `use` does something with it: { pid, ws, sip }. */
export async function withContender(contender, core, use) {
  const directory = mkdtempSync(join(tmpdir(), 'sipmsg-bench-'));
  const place = { ws: 5080, sip: 5060, directory };
  const [file, ...args] = onCore(core, contender.command(place));
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...contender.env } });
  const exit = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  try {
    for (let tries = 0; !(await answers(place.ws)); ++tries) {
      if (child.exitCode !== null || tries === 200) throw new Error(`${contender.name} did not start: ${said}`);
      await pause(50);
    }
    await pause(500); // Kamailio's processes come one after the other
    return await use({ pid: child.pid, ...place });
  } finally {
    child.kill('SIGTERM');
    await exit;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the load against a contender that runs; gives its report. */
export async function runLoad({ pid, ws, sip }, core, options) {
  const [file, ...args] = onCore(core, [load, '--relay', pid, '--ws-port', ws, '--udp-port', sip, ...options].map(String));
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await once(child, 'close');
  if (!stdout) throw new Error(`bench_load: ${stderr}`);
  return JSON.parse(stdout);
}
