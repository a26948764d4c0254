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

const addressOf = (who) => (who.includes('@') ? who : `${who}@example.test`);

const isFinal = ({ state }) => state === 'delivered' || state === 'failed';

/** The network of one client, which may be down. */
class Network {
  #sockets = new Set();
  #options;
  isDown = false;

  /** Those of the WebSockets of `ws`. */
  constructor(options) {
    this.#options = options;
  }

  /** The class of its WebSockets. */
  get WebSocket() {
    const network = this;
    return class extends WebSocket {
      constructor(url, protocols) {
        super(network.isDown ? 'ws://127.0.0.1:9/' : url, protocols, network.#options); // nobody listens at port 9, discard
        network.#sockets.add(this);
      }
    };
  }

  goDown() {
    this.isDown = true;
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
  }
}

export class SdkClient {
  #client;
  #network;
  #arrivals = new Arrivals();

  /** A user of example.test at the WebSocket port of 127.0.0.1, signed off with the test. `options` are for its WebSockets, which are secure with a `ca`. */
  static async start(t, port, user, password = passwordOf(user), options = {}) {
    const network = new Network(options);
    const server = `${options.ca ? 'wss' : 'ws'}://127.0.0.1:${port}/`;
    const client = await connect({ server, address: addressOf(user), password, wasm, WebSocket: network.WebSocket });
    t.after(() => client.close());
    return new SdkClient(client, network);
  }

  static async connected(t, port, user, options) {
    const client = await SdkClient.start(t, port, user, passwordOf(user), options);
    const state = await client.settled();
    assert.equal(state.status, 'connected', JSON.stringify(state));
    return client;
  }

  constructor(client, network) {
    this.#client = client;
    this.#network = network;
    client.on('message', (message) => message.direction === 'in' && this.#arrivals.push(message));
  }

  /** The state once it is no longer that of connecting. */
  settled() {
    return this.#once('state', () => this.#client.state, ({ status }) => status !== 'connecting', 'the registration');
  }

  /** Its connection breaks without a word, and there is no other until comesBack(). */
  async vanishes() {
    this.#network.goDown();
    await this.#once('state', () => this.#client.state, ({ status }) => status !== 'connected', 'the loss of the connection');
  }
  async comesBack() {
    this.#network.isDown = false;
    await this.#once('state', () => this.#client.state, ({ status }) => status === 'connected', 'another connection');
  }

  /** Writes a message, and checks that its receiver answers 200. */
  async delivers(to, body) {
    const id = await this.#client.send(addressOf(to), body);
    const message = () => this.#client.messages().find((one) => one.id === id);
    const { state, status, reason, phrase } = await this.#once('delivery', message, isFinal, `the answer to "${body}"`);
    assert.deepEqual({ state, status, reason }, { state: 'delivered', status: 200, reason: 'none' }, `${status} ${phrase}`);
  }

  /** Writes a message, and checks that the server keeps it for later. */
  async leaves(to, body) {
    const { state, status } = await this.#answer(to, body);
    assert.deepEqual({ state, status }, { state: 'stored', status: 202 });
  }

  /** Writes a message, and checks that it is delivered, or kept behind earlier ones that are not yet known to have been. */
  async follows(to, body) {
    const { status } = await this.#answer(to, body);
    assert.ok(status === 200 || status === 202, `${status}`);
  }

  /** Checks that this is the next message that comes. */
  async receives(from, body) {
    const message = await this.#arrivals.next(`"${body}"`);
    assert.deepEqual({ peer: message.peer, body: message.body }, { peer: `sip:${addressOf(from)}`, body });
  }

  /** Writes a message, and waits for what the server answers. */
  async #answer(to, body) {
    const id = await this.#client.send(addressOf(to), body);
    const message = () => this.#client.messages().find((one) => one.id === id);
    const isAnswered = ({ state }) => isFinal({ state }) || state === 'stored';
    return this.#once('delivery', message, isAnswered, `the answer to "${body}"`);
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
