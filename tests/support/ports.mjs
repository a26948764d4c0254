import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';

/** Below those that Linux gives to whoever asks for any port, so that none is given away between being found and being used. */
const lowest = 16_384;
const highest = 32_767;

/** A file for each port that a suite has: suites run side by side, and what a test starts again is to find its port free. */
const directory = join(tmpdir(), `sipmsg-ports-${getuid()}`);
const taken = [];
process.once('exit', () => taken.forEach((file) => rmSync(file, { force: true })));

/** Whether no other suite has the port; then it is ours until this process ends. */
function take(port) {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, String(port));
  try {
    writeFileSync(file, '', { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  taken.push(file);
  return true;
}

async function isFree(port, host) {
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const tcp = createServer();
  try {
    const listening = [once(udp, 'listening'), once(tcp, 'listening')];
    udp.bind(port, host);
    tcp.listen(port, host);
    const results = await Promise.allSettled(listening);
    return results.every(({ status }) => status === 'fulfilled');
  } finally {
    udp.close();
    tcp.close();
  }
}

/** A port of an address of this machine that is free for UDP and TCP, for a program that must be told one; no other suite gets it. */
export async function freePort(host = '127.0.0.1') {
  const port = randomInt(lowest, highest + 1);
  return take(port) && (await isFree(port, host)) ? port : freePort(host);
}
