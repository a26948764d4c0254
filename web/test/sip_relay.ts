import type { WebSocketLike } from '../src/sdk/index.js';

/**
 * A proxy and registrar for a few people, who connect to it in this process. It keeps messages as latin1 texts, so that
 * every byte stays what it is.
 */
export class SipRelay {
  /** Every frame that came, in order: what somebody on the way would see. */
  frames: { kind: 'text' | 'binary'; text: string }[] = [];
  #people = new Map<string, RelayedSocket>();
  /** Where responses go, by the branch of our own Via. */
  #senders = new Map<string, RelayedSocket>();

  readonly WebSocket = ((relay: SipRelay) =>
    class extends RelayedSocket {
      constructor() {
        super(relay);
      }
    })(this);

  take(socket: RelayedSocket, data: string | Uint8Array): void {
    const text = Buffer.from(data).toString('latin1');
    if (text.trim() === '') return;
    this.frames.push({ kind: typeof data === 'string' ? 'text' : 'binary', text });
    if (text.startsWith('SIP/2.0')) return this.#passBack(text);
    if (text.startsWith('REGISTER')) {
      this.#people.set(/^To: <sip:(\w+)@/m.exec(text)?.[1] ?? '', socket);
      return socket.hear(response(text, '200 OK'));
    }
    const recipient = this.#people.get(/^\w+ sip:(\w+)@/.exec(text)?.[1] ?? '');
    if (!recipient) return socket.hear(response(text, '480 Not Here'));
    const branch = `z9hG4bKrelay${this.#senders.size}`;
    this.#senders.set(branch, socket);
    recipient.hear(text.replace('\r\n', `\r\nVia: SIP/2.0/WS relay.invalid;branch=${branch}\r\n`));
  }

  #passBack(text: string): void {
    const branch = /branch=([^;\r]*)/.exec(text)?.[1] ?? '';
    this.#senders.get(branch)?.hear(text.replace(/Via: .*\r\n/, ''));
  }
}

function response(request: string, status: string): string {
  const [header = ''] = request.split('\r\n\r\n');
  const copied = header.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
  return `SIP/2.0 ${status}\r\n${copied.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}

class RelayedSocket implements WebSocketLike {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBufferLike }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #relay: SipRelay;

  constructor(relay: SipRelay) {
    this.#relay = relay;
    setImmediate(() => this.onopen?.());
  }
  send(data: string | Uint8Array): void {
    this.#relay.take(this, data);
  }
  close(): void {}
  hear(text: string): void {
    setImmediate(() => this.onmessage?.({ data: new Uint8Array(Buffer.from(text, 'latin1')).buffer }));
  }
}
