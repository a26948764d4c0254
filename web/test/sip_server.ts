import type { WebSocketLike } from '../src/sdk/index.js';

/** A SIP server behind a WebSocket that exists only in this process. It says what the test tells it to. */
export class SipServer {
  /** Every request that came, in order. */
  requests: string[] = [];
  /** The status to answer a request with; undefined: no answer. */
  answer: (request: string) => number | undefined = () => 200;
  isDown = false;
  /** Every address that was connected to, in order. */
  connectedTo: string[] = [];
  /** More header fields for a status. */
  fields: Record<number, string> = {};
  #sockets = new Set<FakeSocket>();

  readonly WebSocket = ((server: SipServer) =>
    class extends FakeSocket {
      constructor(url: string, _protocols: string) {
        super(server, url);
      }
    })(this);

  /** Whether the address can be reached. */
  isReachable = (_url: string): boolean => true;
  opened(socket: FakeSocket): void {
    this.#sockets.add(socket);
  }
  closed(socket: FakeSocket): void {
    this.#sockets.delete(socket);
  }
  /** Cuts every connection. */
  cut(): void {
    for (const socket of [...this.#sockets]) socket.hangUp();
  }
  /** Sends a text to everyone connected, in text frames or in binary ones; bytes in binary ones. */
  say(message: string | Uint8Array, kind: 'text' | 'binary' = 'text'): void {
    const isText = typeof message === 'string' && kind === 'text';
    const bytes = typeof message === 'string' ? new TextEncoder().encode(message) : message;
    for (const socket of this.#sockets) socket.hear(isText ? message : new Uint8Array(bytes).buffer);
  }
  received(method: string): string[] {
    return this.requests.filter((request) => request.startsWith(`${method} `));
  }

  /** Every response that came, in order. */
  responses: string[] = [];

  take(socket: FakeSocket, text: string): void {
    if (text.startsWith('SIP/2.0')) this.responses.push(text);
    if (text.startsWith('SIP/2.0') || text.trim() === '') return;
    this.requests.push(text);
    const status = this.answer(text);
    if (status === undefined) return;
    const [header = ''] = text.split('\r\n\r\n');
    const copied = header.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
    const challenge =
      status in this.fields ? this.fields[status] : status === 401 ? 'WWW-Authenticate: Digest realm="example.org", nonce="n", algorithm=SHA-256, qop="auth"\r\n' : '';
    socket.hear(`SIP/2.0 ${status} Said\r\n${copied.join('\r\n')}\r\n${challenge}Content-Length: 0\r\n\r\n`);
  }
}

class FakeSocket implements WebSocketLike {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBufferLike }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #server: SipServer;

  constructor(server: SipServer, url: string) {
    this.#server = server;
    server.connectedTo.push(url);
    setImmediate(() => {
      if (server.isDown || !server.isReachable(url)) return this.onclose?.();
      server.opened(this);
      this.onopen?.();
    });
  }
  send(data: string | Uint8Array): void {
    this.#server.take(this, typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
  }
  close(): void {
    this.#server.closed(this);
  }
  hear(data: string | ArrayBufferLike): void {
    setImmediate(() => this.onmessage?.({ data }));
  }
  hangUp(): void {
    this.#server.closed(this);
    this.onclose?.();
  }
}
