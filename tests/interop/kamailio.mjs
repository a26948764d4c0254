import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.mjs';
import { temporaryDirectory } from '../support/relay.mjs';
import { Program } from './program.mjs';

const fileOf = (name) => fileURLToPath(new URL(`kamailio/${name}`, import.meta.url));

/** Starts it with definitions for its configuration, a file; texts are in quotes of their own. */
async function start(t, config, directory, definitions) {
  // At once and whole: which of its processes hear of a SIGTERM that comes while it still forks them is left to chance.
  const signal = 'SIGKILL';
  const command = [
    ...['setpriv', '--pdeathsig', 'TERM'], // it has a process group of its own, and is not to outlive a suite that is interrupted
    ...['kamailio', '-DD', '-E', '-f', config, '-Y', directory, '-w', directory],
    ...['-m', '32', '-M', '8'], // megabytes
    ...Object.entries(definitions).flatMap(([name, value]) => ['-A', `${name}=${value}`]),
  ];
  const kamailio = Program.start(t, 'kamailio', command, signal, { isGroup: true });
  await kamailio.says(/ready$/m);
  return { end: () => kamailio.end(signal) };
}

/** Kamailio as the server of example.test, challenging with `algorithm`; gives its WebSocket port. */
export async function startKamailio(t, algorithm) {
  const port = await freePort();
  await start(t, fileOf('kamailio.cfg'), temporaryDirectory(), { WS_PORT: port, ALGORITHM: `"${algorithm}"` });
  return port;
}

/**
 * Kamailio as the server of a domain over UDP and TCP at `port`, and with `tls` (PEM files: certificate, key, authority)
 * at `tlsPort`. `next` is the URI of the server of all other domains, `serviceRoute` that by which its clients are to come.
 * `config` is another configuration than ours that is given the same.
 */
export async function startKamailioServer(t, domain, { next, serviceRoute, tls, port, config = fileOf('server.cfg') } = {}) {
  const directory = temporaryDirectory();
  const control = `unix:${join(directory, 'control')}`;
  const ports = { port: port ?? (await freePort()), tlsPort: tls && (await freePort()) };
  const given = { DOMAIN: `"${domain}"`, SIP_PORT: ports.port, CONTROL: `"${control}"` };
  if (next) given.NEXT = `"${next}"`;
  if (serviceRoute) given.SERVICE_ROUTE = `"${serviceRoute}"`;
  if (tls) Object.assign(given, { TLS_PORT: ports.tlsPort, CERTIFICATE: `"${tls.certificate}"`, KEY: `"${tls.key}"`, AUTHORITY: `"${tls.authority}"` });
  const kamailio = await start(t, config, directory, given);
  /** The contacts that it has, each as its location module tells it. */
  const contacts = async () => {
    const { stdout } = await promisify(execFile)('kamcmd', ['-s', control, 'ul.dump']);
    return stdout.split(/\bContact: \{/).slice(1);
  };
  return { ...ports, contacts, end: () => kamailio.end() };
}
