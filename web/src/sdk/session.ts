import type { Core, Draft, Output, SentMessage } from './core.js';
import { answerTo, type Question } from './question.js';
import type { Sealer } from './sealer.js';

/** What the session needs of a WebSocket; that of the platform, or a package's under Node.js. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array): void;
  close(): void;
}
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocketLike;

/** What is left for the session's owner once flows, bytes and questions are dealt with. After `broken` nothing follows. */
export type SessionOutput = Exclude<Output, Question | { type: 'close-flow' | 'send-bytes' }> | { type: 'broken' };

interface Flow {
  socket: WebSocketLike;
  /** Ends the wait for the connection. */
  patience: ReturnType<typeof setTimeout>;
}

/** A browser may try for minutes; a person does not wait that long. Milliseconds. */
const openTimeout = 15_000;
/** The longest that setTimeout can count. */
const longestTimeout = 2 ** 31 - 1;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** RFC 7118 4.2: a message goes as text where all of it is UTF-8, or else in a binary frame. */
function frameOf(message: Uint8Array): string | Uint8Array {
  try {
    return decoder.decode(message);
  } catch {
    return message;
  }
}

/**
 * Drives one Core: one WebSocket, one timer. Each input is followed by poll() until nothing is left, then the timer is
 * set to the next deadline.
 */
export class Session {
  #core: Core;
  #urls: string[];
  #WebSocket: WebSocketConstructor;
  #handle: (output: SessionOutput) => void;
  #sealer: Sealer | undefined;
  #flows = new Map<number, Flow>();
  #lastFlow = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #encoder = new TextEncoder();
  #inputs: (() => void)[] = [];
  #isFeeding = false;
  #isBroken = false;

  /** `urls` are those of the account's servers, in the same order. */
  constructor(core: Core, urls: string[], webSocket: WebSocketConstructor, handle: (output: SessionOutput) => void, sealer?: Sealer) {
    this.#core = core;
    this.#urls = urls;
    this.#WebSocket = webSocket;
    this.#handle = handle;
    this.#sealer = sealer;
  }

  start(): void {
    this.#feed(() => this.#core.start());
  }
  stop(): void {
    this.#feed(() => this.#core.stop());
  }
  networkAvailable(): void {
    this.#feed(() => this.#core.networkAvailable());
  }
  send(draft: Draft): void {
    this.#feed(() => this.#core.send(draft));
  }
  restore(message: SentMessage): void {
    this.#feed(() => this.#core.restore(message));
  }
  cancel(id: string): void {
    this.#feed(() => this.#core.cancel(id));
  }
  composing(peer: string, isActive: boolean): void {
    this.#feed(() => this.#core.composing(peer, isActive));
  }
  displayed(id: string): void {
    this.#feed(() => this.#core.displayed(id));
  }
  excess(draft: Draft): number {
    return this.#isBroken ? 0 : this.#core.excess(draft);
  }

  /** An input that comes while another one's outputs are dealt with waits for its turn. */
  #feed(input: () => void): void {
    if (this.#isBroken) return;
    this.#inputs.push(input);
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        next();
        for (let output = this.#core.poll(); output; output = this.#core.poll()) this.#obey(output);
      }
      this.#arm();
    } catch (error) {
      this.#break();
      throw error;
    } finally {
      this.#isFeeding = false;
    }
  }

  /** A trap in the module is a bug, and its memory is not to be trusted any more; a person is told, not left waiting. */
  #break(): void {
    this.#isBroken = true;
    clearTimeout(this.#timer);
    for (const flow of [...this.#flows.keys()]) this.#release(flow)?.close();
    this.#handle({ type: 'broken' });
  }

  #obey(output: Output): void {
    if (output.type === 'send-bytes') {
      this.#flows.get(output.flow)?.socket.send(frameOf(output.bytes));
    } else if (output.type === 'close-flow') {
      this.#release(output.flow)?.close();
    } else if (output.type === 'seal' || output.type === 'open' || output.type === 'decode') {
      void this.#ask(output);
    } else {
      if (output.type === 'open-flow') this.#open(this.#urls[output.server] ?? '');
      this.#handle(output);
    }
  }

  /** Whatever else happens meanwhile goes on. */
  async #ask(question: Question): Promise<void> {
    const answer = await answerTo(question, this.#sealer);
    this.#feed(() => this.#core.answer(answer));
  }

  #open(url: string): void {
    const flow = ++this.#lastFlow;
    let socket: WebSocketLike;
    try {
      socket = new this.#WebSocket(url, 'sip');
    } catch {
      // An address that is none. Told like any other failure to connect.
      this.#feed(() => this.#core.flowClosed(flow));
      return;
    }
    socket.binaryType = 'arraybuffer';
    const patience = setTimeout(() => this.#lose(flow), openTimeout);
    this.#flows.set(flow, { socket, patience });
    socket.onopen = () => {
      clearTimeout(patience);
      this.#feed(() => this.#core.flowOpened(flow, url.startsWith('wss:')));
    };
    socket.onmessage = (event: { data: string | ArrayBuffer }) => {
      const { data } = event;
      const frame = typeof data === 'string' ? this.#encoder.encode(data) : new Uint8Array(data);
      this.#feed(() => this.#core.receive(flow, frame));
    };
    // A close event follows each error event.
    socket.onerror = () => {};
    socket.onclose = () => this.#lose(flow);
  }

  #lose(flow: number): void {
    const socket = this.#release(flow);
    if (!socket) return;
    socket.close();
    this.#feed(() => this.#core.flowClosed(flow));
  }

  /** From here on nothing that the socket says is heard. */
  #release(flow: number): WebSocketLike | undefined {
    const known = this.#flows.get(flow);
    if (!known) return undefined;
    this.#flows.delete(flow);
    clearTimeout(known.patience);
    const { socket } = known;
    socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const deadline = this.#core.deadline();
    if (deadline === undefined) return;
    const wait = Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), longestTimeout);
    this.#timer = setTimeout(() => this.#feed(() => this.#core.advance()), wait);
  }
}
