import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/ports.mjs';
import { logFile, passwordOf } from '../support/relay.mjs';
import { Program } from './program.mjs';

const scenario = (name) => fileURLToPath(new URL(`sipp/${name}.xml`, import.meta.url));

/** One socket for everything. */
const modes = { udp: 'u1', tcp: 't1' };

/** SIPp as the phone of a user, going once through a scenario. */
export class Sipp {
  #program;
  #messages = logFile('sipp-messages');

  /**
   * `uri` is what it signs for, of which there is one for a run: the Request-URI (RFC 7616 3.4.6).
   * `outOfCall` is the scenario for what comes to it unasked, `contact` are parameters of its Contact,
   * `host` is its address, at which the relay listens, too.
   */
  static async start(t, relay, { name, user, transport, uri, outOfCall, contact = '', host = '127.0.0.1' }) {
    const port = await freePort(host);
    const relayHost = host.includes(':') ? `[${host}]` : host;
    return new Sipp(t, [
      `${relayHost}:${relay.portAt(transport, relayHost)}`,
      ...['-t', modes[transport], '-i', host, '-p', `${port}`, '-ci', host, '-mi', host, '-nostdin'],
      ...['-s', user, '-au', user, '-ap', passwordOf(user), '-auth_uri', uri],
      ...['-key', 'contact', contact, '-m', '1', '-sf', scenario(name), ...(outOfCall ? ['-oocsf', scenario(outOfCall)] : [])],
    ]);
  }

  constructor(t, args) {
    this.#program = Program.start(t, 'sipp', ['sipp', ...args, '-trace_msg', '-message_file', this.#messages]);
  }

  says(pattern) {
    return this.#program.says(pattern);
  }

  /** Waits for its end, and checks that all of the scenario happened. */
  async succeeds() {
    const exit = await this.#program.ended();
    const messages = existsSync(this.#messages) ? readFileSync(this.#messages, 'utf8') : '';
    assert.deepEqual(exit, { code: 0, signal: null }, `${this.#program.output}\n${messages}`);
  }
}
