import { fileURLToPath } from 'node:url';
import { freePort } from '../support/ports.mjs';
import { temporaryDirectory } from '../support/relay.mjs';
import { Program } from './program.mjs';

const config = fileURLToPath(new URL('kamailio/kamailio.cfg', import.meta.url));

/** Kamailio as the server of example.test, challenging with `algorithm`; gives its WebSocket port. */
export async function startKamailio(t, algorithm) {
  const port = await freePort();
  const directory = temporaryDirectory(t);
  const kamailio = Program.start(t, 'kamailio', [
    ...['kamailio', '-DD', '-E', '-f', config, '-Y', directory, '-w', directory],
    ...['-m', '32', '-M', '8'], // megabytes
    ...['-A', `WS_PORT=${port}`, '-A', `ALGORITHM="${algorithm}"`],
  ]);
  await kamailio.says(/ready$/m);
  return port;
}
