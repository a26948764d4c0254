import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { block } from '../support/manual.mjs';
import { freePort } from '../support/ports.mjs';
import { passwordOf, temporaryDirectory } from '../support/relay.mjs';
import { Program } from './program.mjs';

const modules = process.env.ASTERISK_MODULES ?? '/usr/lib/asterisk/modules';

/** The users' sections, and the dial plan below, are those of docs/operating.md. */
const pjsip = (port, users) => `
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:${port}

[tcp]
type = transport
protocol = tcp
bind = 127.0.0.1:${port}

${users.map((user) => `${block('The edge in front of Asterisk', 'ini').replaceAll('alice', user)}
disallow = all
allow = ulaw
direct_media = no

[${user}]
type = auth
auth_type = digest
username = ${user}
password = ${passwordOf(user)}
`).join('\n')}`;

const files = (directory, port, users, peer, dialPlan) => ({
  'asterisk.conf': `[directories]
astetcdir => ${directory}
astmoddir => ${modules}
${['astvarlib', 'astdb', 'astkey', 'astdata', 'astagi', 'astspool', 'astrun', 'astlog', 'astsbin', 'astcache'].map((name) => `${name}dir => ${join(directory, 'var')}`).join('\n')}
`,
  'modules.conf': '[modules]\nautoload = yes\n',
  'logger.conf': '[general]\n[logfiles]\nconsole => notice,warning,error,verbose\n',
  'http.conf': '[general]\nenabled = no\n',
  'rtp.conf': '[general]\n',
  'stasis.conf': '[threadpool]\n',
  'pjsip.conf': pjsip(port, users) + peer,
  'extensions.conf': dialPlan,
});

/** Asterisk as the registrar of users over UDP and TCP, each with a password: { port, contacts(user) }; `peer` are the sections of a server that it knows, `dialPlan` is its own. */
export async function startAsterisk(t, users, { peer = '', dialPlan = block('The edge in front of Asterisk', 'conf') } = {}) {
  const directory = temporaryDirectory();
  const port = await freePort();
  mkdirSync(join(directory, 'var'));
  for (const [name, content] of Object.entries(files(directory, port, users, peer, dialPlan))) writeFileSync(join(directory, name), content);
  const config = join(directory, 'asterisk.conf');
  const program = process.env.ASTERISK ?? 'asterisk';
  const asterisk = Program.start(t, 'asterisk', [program, '-f', '-n', '-vvv', '-C', config]);
  await asterisk.says(/Asterisk Ready\./);
  const contacts = async (user) => {
    const { stdout } = await promisify(execFile)(program, ['-C', config, '-rx', `pjsip show aor ${user}`]);
    return stdout.split('\n').filter((line) => /^\s+Contact:\s+\S+\/sip/.test(line));
  };
  return { port, contacts };
}
