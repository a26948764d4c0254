import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordOf, temporaryDirectory } from '../support/relay.mjs';
import { Program } from './program.mjs';

/** At whatever port is free. `host` is the relay's, which a certificate must name; its authority is in the PEM file `authority`. */
const config = (user, { host, port, transport, authority }) => `
[sip]
sip_port=-1
sip_tcp_port=-1
sip_tls_port=-1
${authority ? `root_ca=${authority}\nverify_server_certs=1\nverify_server_cn=1` : ''}
use_ipv6=0
default_proxy=0
[proxy_0]
reg_proxy=<sip:${host}:${port};transport=${transport}>
reg_route=<sip:${host}:${port};transport=${transport};lr>
reg_identity=sip:${user}@example.test
reg_expires=600
reg_sendregister=1
[auth_info_0]
username=${user}
passwd=${passwordOf(user)}
realm=example.test
`;

/** Linphone as the phone of a user, without window and sound, by the commands of its daemon and what that prints. */
export class Linphone {
  #program;

  /** `more` are { host, authority }, as TLS needs them. */
  static start(t, relay, user, transport, more = {}) {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, '.local/share/linphone'), { recursive: true }); // it keeps its messages there
    const file = join(directory, 'linphonerc');
    writeFileSync(file, config(user, { host: '127.0.0.1', port: relay.ports[transport], transport, ...more }));
    const home = ['env', `HOME=${directory}`];
    const program = Program.start(t, 'linphone', [...home, 'linphone-daemon', '--config', file, '--log', '/dev/stderr'], 'SIGKILL');
    return new Linphone(program);
  }

  constructor(program) {
    this.#program = program;
  }

  registers() {
    return this.#program.says(/LinphoneRegistrationOk/);
  }

  /** Writes a message and waits for its 200. */
  async write(to, text) {
    this.#program.type(`message sip:${to}@example.test ${text}`);
    await this.#program.says(/Event-type: message-state-changed\n\nId: \S+\nState: LinphoneChatMessageStateDelivered\n/);
  }

  receives(from, text) {
    return this.#program.says(new RegExp(`Event-type: message-received\n\nFrom: sip:${from}@example\\.test\nTo: \\S+\nId: \\S+\nContent: "${text}"\n`));
  }
}
