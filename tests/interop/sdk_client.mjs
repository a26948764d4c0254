// What a page does: the SDK with its WebAssembly module, over a real WebSocket.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { passwordOf, soon } from '../support/relay.mjs';

// Node.js 18 has it, but not yet under this name.
globalThis.crypto ??= webcrypto;

const { default: WebSocket } = await load('ws');
const { connect } = await import(pathToFileURL(join(process.env.SIPMSG_WEB, 'sdk.js')));
const wasm = readFileSync(process.env.SIPMSG_WASM);

const isFinal = ({ state }) => state === 'delivered' || state === 'failed';

export class SdkClient {
  #client;
  #arrivals = new Arrivals();

  /** A user of example.test at the WebSocket port of 127.0.0.1, signed off with the test. */
  static async start(t, port, user, password = passwordOf(user)) {
    const client = await connect({ server: `ws://127.0.0.1:${port}/`, address: `${user}@example.test`, password, wasm, WebSocket });
    t.after(() => client.close());
    return new SdkClient(client);
  }

  static async connected(t, port, user) {
    const client = await SdkClient.start(t, port, user);
    const state = await client.settled();
    assert.equal(state.status, 'connected', JSON.stringify(state));
    return client;
  }

  constructor(client) {
    this.#client = client;
    client.on('message', (message) => message.direction === 'in' && this.#arrivals.push(message));
  }

  /** The state once it is no longer that of connecting. */
  settled() {
    return this.#once('state', () => this.#client.state, ({ status }) => status !== 'connecting', 'the registration');
  }

  /** Writes a message, and checks that its receiver answers 200. */
  async delivers(to, body) {
    const id = await this.#client.send(`${to}@example.test`, body);
    const message = () => this.#client.messages().find((one) => one.id === id);
    const { state, status, reason, phrase } = await this.#once('delivery', message, isFinal, `the answer to "${body}"`);
    assert.deepEqual({ state, status, reason }, { state: 'delivered', status: 200, reason: 'none' }, `${status} ${phrase}`);
  }

  /** Writes a message, and checks that the server keeps it for later. */
  async leaves(to, body) {
    const id = await this.#client.send(`${to}@example.test`, body);
    const message = () => this.#client.messages().find((one) => one.id === id);
    const isAnswered = ({ state }) => isFinal({ state }) || state === 'stored';
    const { state, status } = await this.#once('delivery', message, isAnswered, `the answer to "${body}"`);
    assert.deepEqual({ state, status }, { state: 'stored', status: 202 });
  }

  /** Checks that this is the next message that comes. */
  async receives(from, body) {
    const message = await this.#arrivals.next(`"${body}"`);
    assert.deepEqual({ peer: message.peer, body: message.body }, { peer: `sip:${from}@example.test`, body });
  }

  /** Waits for an event after which `look` gives something wanted. */
  #once(event, look, isWanted, what) {
    const seen = new Promise((resolve) => {
      const check = () => {
        if (!isWanted(look())) return;
        stop();
        resolve(look());
      };
      const stop = this.#client.on(event, check);
      check();
    });
    return soon(seen, what);
  }
}
