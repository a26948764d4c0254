import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A self-signed certificate for 127.0.0.1 and its key, as PEM files in `directory`; `name` is whom it names. */
export function makeCertificate(directory, name) {
  const certificate = join(directory, `${name}.pem`);
  const key = join(directory, `${name}.key`);
  const what = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...what, ...names, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { certificate, key, ca: readFileSync(certificate) };
}
