import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { soon } from './relay.mjs';
import { isTrying } from './sip.mjs';

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** A WebSocket client (RFC 6455) that also does what a browser would never do. */
export class WebSocketClient {
  #socket;
  #bytes = Buffer.alloc(0);
  #frames = [];
  #waiting = [];

  /** Opens one with the subprotocol `sip`, ended with the test; over TLS with `tls`, which are Node's options for it; as a page of `origin`; `from` another address of this machine; with an offer of `extensions`; at another `host`, or called so by `hostField`. */
  static async open(t, port, options = {}) {
    const client = new WebSocketClient();
    await client.#handshake(port, options);
    t.after(() => client.#socket.destroy());
    return client;
  }

  async #handshake(port, { tls, origin, from, extensions, host = '127.0.0.1', hostField }) {
    const to = { port, host, localAddress: from, ...tls };
    this.#socket = tls ? connectTls(to) : connect(to);
    this.#socket.on('error', () => {});
    await soon(once(this.#socket, tls ? 'secureConnect' : 'connect'), 'a connection');
    const key = randomBytes(16).toString('base64');
    const more = Object.entries({ Origin: origin, 'Sec-WebSocket-Extensions': extensions }).filter(([, value]) => value);
    this.#socket.write(
      `GET / HTTP/1.1\r\nHost: ${hostField ?? `${host.includes(':') ? `[${host}]` : host}:${port}`}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: sip\r\n${more.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
    const answer = await this.#readAnswer();
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    if (!answer.startsWith('HTTP/1.1 101 ') || !answer.includes(accept)) throw new Error(`no upgrade: ${answer}`);
    if (!/^sec-websocket-protocol: sip\r$/im.test(answer)) throw new Error(`no subprotocol: ${answer}`);
    this.extensions = /^sec-websocket-extensions: (.*)\r$/im.exec(answer)?.[1];
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('close', () => this.#deliver({ kind: 'end' }));
    this.#take(Buffer.alloc(0));
  }

  #readAnswer() {
    return soon(
      new Promise((resolve, reject) => {
        const read = (chunk) => {
          this.#bytes = Buffer.concat([this.#bytes, chunk]);
          const end = this.#bytes.indexOf('\r\n\r\n');
          if (end < 0) return;
          this.#socket.off('data', read);
          const answer = this.#bytes.subarray(0, end + 4).toString();
          this.#bytes = this.#bytes.subarray(end + 4);
          resolve(answer);
        };
        this.#socket.on('data', read);
        this.#socket.on('close', () => reject(new Error('closed during the handshake')));
      }),
      'the answer to the handshake',
    );
  }

  #take(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      if (this.#bytes.length < 2) return;
      const kind = Object.keys(opcodes).find((name) => opcodes[name] === (this.#bytes[0] & 15));
      const short = this.#bytes[1] & 127;
      const start = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#bytes.length < start) return;
      const size = short === 127 ? Number(this.#bytes.readBigUInt64BE(2)) : short === 126 ? this.#bytes.readUInt16BE(2) : short;
      if (this.#bytes.length < start + size) return;
      const isCompressed = (this.#bytes[0] & 0x40) !== 0;
      const data = this.#bytes.subarray(start, start + size);
      this.#bytes = this.#bytes.subarray(start + size);
      if (kind === 'close') {
        this.#deliver({ kind, status: data.length ? data.readUInt16BE(0) : 1005, reason: data.subarray(2).toString() });
        this.send(data, 'close'); // RFC 6455 5.5.1: a close frame is answered by one
      } else this.#deliver({ kind, text: data.toString(), data, isCompressed });
    }
  }

  #deliver(frame) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(frame);
    else this.#frames.push(frame);
  }

  /** The next frame: { kind, text } or { kind: 'close', status, reason } or { kind: 'end' }. */
  next(what = 'a frame') {
    const frame = this.#frames.shift();
    return frame ? Promise.resolve(frame) : soon(new Promise((resolve) => this.#waiting.push(resolve)), what);
  }

  /** The text of the next frame, which must hold a message; what isTrying() is passed over. */
  async message(what = 'a message') {
    const frame = await this.next(what);
    if (frame.kind !== 'text' && frame.kind !== 'binary') throw new Error(`${what}: got ${JSON.stringify(frame)}`);
    return isTrying(frame.text) ? this.message(what) : frame.text;
  }

  /** `isCompressed` sets RSV1 (RFC 7692 6): the content is what a compressor made of it. `isPart`: the rest comes later. */
  send(content, kind = 'text', { isCompressed = false, isPart = false } = {}) {
    const data = Buffer.from(content);
    const head = data.length > 65535 ? Buffer.alloc(10) : data.length > 125 ? Buffer.alloc(4) : Buffer.alloc(2);
    head[0] = (isPart ? 0 : 0x80) | (isCompressed ? 0x40 : 0) | opcodes[kind];
    head[1] = 0x80 | (data.length > 65535 ? 127 : data.length > 125 ? 126 : data.length);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(data.length), 2);
    if (head.length === 4) head.writeUInt16BE(data.length, 2);
    const mask = randomBytes(4);
    this.#socket.write(Buffer.concat([head, mask, data.map((byte, index) => byte ^ mask[index % 4])]));
  }

  /** Sends these in one segment. */
  sendAtOnce(...contents) {
    this.#socket.cork();
    for (const content of contents) this.send(content);
    this.#socket.uncork();
  }

  /** Sends this, and closes its side of the connection directly behind. */
  sendLast(content) {
    this.#socket.cork();
    this.send(content);
    this.#socket.end();
    this.#socket.uncork();
  }

  /** The certificate that the relay showed. */
  get certificate() {
    return this.#socket.getPeerCertificate();
  }

  /** Takes nothing more from the network, like a laptop that was closed. */
  stall() {
    this.#socket.pause();
  }

  /** Takes again what comes. */
  wake() {
    this.#socket.resume();
  }

  /** Is gone without a word. */
  vanish() {
    this.#socket.destroy();
  }
}
