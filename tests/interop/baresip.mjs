import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordOf, temporaryDirectory } from '../support/relay.mjs';
import { Program } from './program.mjs';

/** Its microphone hums, and what it hears goes into a file: it needs no sound card. Its ports for RTP are none that a suite is given. */
const config = (directory) => `
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module ausine.so
module aufile.so
module_app account.so
module_app contact.so
module_app menu.so
sip_listen 127.0.0.1:0
rtp_ports 10000-16000
audio_source ausine,440
audio_player aufile,${join(directory, 'heard.wav')}
audio_alert aufile,${join(directory, 'alert.wav')}
ausrc_srate 48000
auplay_srate 48000
ausrc_channels 2
auplay_channels 1
`;

const account = (user, port, more) =>
  `<sip:${user}@example.test>;auth_user=${user};auth_pass="${passwordOf(user)}";outbound="sip:127.0.0.1:${port}";regint=600${more}\n`;

/** baresip as the UDP phone of a user, by its keyboard commands and what it prints. */
export class Baresip {
  #program;
  /** Of whom it is registered with. */
  #port;
  #calls = 0;

  /** It writes to `peer`; `more` are further parameters of its account. */
  static start(t, relay, user, peer, more = '') {
    const directory = temporaryDirectory();
    const files = {
      config: config(directory),
      accounts: account(user, relay.ports.udp, more),
      contacts: `"${peer}" <sip:${peer}@example.test>\n`,
      current_contact: `sip:${peer}@example.test`,
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return new Baresip(t, relay.ports.udp, ['-4', '-s', '-n', '127.0.0.1', '-f', directory]);
  }

  constructor(t, port, args) {
    this.#port = port;
    // stdbuf: or it keeps its warnings to itself until its end.
    const command = ['stdbuf', '-oL', 'baresip', ...args];
    // SIGKILL: or it waits for the relay's leave to sign off, and the relay may be gone by then.
    this.#program = Program.start(t, 'baresip', command, 'SIGKILL');
  }

  async registers() {
    const outcome = await this.#program.says(/registered successfully!|reg: .*/);
    assert.equal(outcome, 'registered successfully!');
  }

  /** Writes a message and waits for its 200. */
  async write(text) {
    this.#program.type(`/message ${text}`);
    // It says so in its trace only, which has its own answers, too.
    const from = `127\\.0\\.0\\.1:${this.#port} -> 127\\.0\\.0\\.1:\\d+\\n`;
    await this.#program.says(new RegExp(`${from}SIP/2\\.0 200 OK\\r?\\n(?:[\\w-]+:[^\\n]*\\n)*CSeq: \\d+ MESSAGE\\r?\\n`));
  }

  receives(from, text) {
    return this.#program.says(new RegExp(`^\r?sip:${from}@example.test: "${text}"$`, 'm'));
  }

  /** Calls a user, and waits until that has answered. */
  async calls(user) {
    this.#program.type(`/dial sip:${user}@example.test`);
    await this.#isInCall();
  }
  isCalled(from) {
    return this.#program.says(new RegExp(`Incoming call from: .*sip:${from}@example\\.test`));
  }
  async accepts() {
    this.#program.type('/accept');
    await this.#isInCall();
  }
  hangsUp() {
    this.#program.type('/hangup');
  }
  /** Waits until the other side has hung up. */
  isLeft() {
    return this.#program.says(/session closed: Connection reset by peer/);
  }

  /** Signs off and ends. */
  async quits() {
    this.#program.type('/quit');
    assert.deepEqual(await this.#program.ended(), { code: 0, signal: null }, this.#program.output);
  }

  #isInCall() {
    return this.#program.says(new RegExp(`(?:Call established[^]*){${++this.#calls}}`));
  }
}
