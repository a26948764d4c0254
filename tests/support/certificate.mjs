import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const elliptic = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
export const rsa = ['rsa:2048'];

/** A self-signed certificate and its key, as PEM files in `directory`; `name` is its subject, `names` whom else it names. */
export function makeCertificate(directory, name, names = 'IP:127.0.0.1,DNS:localhost', { kind = elliptic, signing = [] } = {}) {
  const certificate = join(directory, `${name}.pem`);
  const key = join(directory, `${name}.key`);
  const what = ['-newkey', ...kind, '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  const alternatives = names ? ['-addext', `subjectAltName=${names}`] : [];
  execFileSync('openssl', ['req', '-x509', ...what, ...alternatives, ...signing, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { certificate, key, ca: readFileSync(certificate) };
}

/** An authority with its self-signed certificate; `issue` makes PEM files of a server as makeCertificate does, signed by it. */
export function makeAuthority(directory) {
  const { certificate, key } = makeCertificate(directory, 'authority', '');
  const issue = (name, names) => makeCertificate(directory, name, names, { signing: ['-CA', certificate, '-CAkey', key, '-addext', 'basicConstraints=critical,CA:FALSE'] });
  return { certificate, issue };
}
