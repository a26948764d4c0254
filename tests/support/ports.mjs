import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below those that Linux gives to whoever asks for any port, so that none is given away between being found and being used. */
const lowest = 16_384;
const highest = 32_767;

async function isFree(port) {
  const udp = createSocket('udp4');
  const tcp = createServer();
  try {
    const listening = [once(udp, 'listening'), once(tcp, 'listening')];
    udp.bind(port, '127.0.0.1');
    tcp.listen(port, '127.0.0.1');
    const results = await Promise.allSettled(listening);
    return results.every(({ status }) => status === 'fulfilled');
  } finally {
    udp.close();
    tcp.close();
  }
}

/** A port of 127.0.0.1 that is free for UDP and TCP, for a program that must be told one. */
export async function freePort() {
  const port = randomInt(lowest, highest + 1);
  return (await isFree(port)) ? port : freePort();
}
