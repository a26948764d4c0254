import { peerAddress } from './address.js';
import { draftOf, draftToMeasure, receivedKey, receivedMessage, writtenMessage } from './chat_message.js';
import { ConnectError, Core, type Delivery, type ReceivedMessage, type Receipts, type RegistrationTrouble, type WasmSource } from './core.js';
import { Emitter } from './emitter.js';
import type { SendOptions } from './fields.js';
import { MemoryHistory, platformHistory, type ChatMessage, type History } from './history.js';
import { livingInstances } from './instance.js';
import type { Sealer } from './sealer.js';
import { Session, type SessionOutput, type WebSocketConstructor } from './session.js';

export interface ConnectOptions {
  /** Address of the SIP server's WebSocket, as in `wss://example.org/`; or several, the preferred one first. */
  server: string | string[];
  /** Own address, as in `sip:alice@example.org`; the scheme may be left out. */
  address: string;
  password?: string;
  /** An access token, where the server asks for one by the scheme Bearer (RFC 8898). Shown over `wss:` alone. */
  token?: string;
  displayName?: string;
  /** Where it is not the user part of the address. */
  username?: string;
  /** Where sipmsg.wasm is. */
  wasm: WasmSource;
  /** Names this client over reloads (RFC 5626 4.1), see claimInstance(). Left out: a new one each time. */
  instance?: string;
  /** Seconds that a registration lasts, 1 to 86400; 600 where left out. */
  expires?: number;
  /** Parameters of the Contact for push notifications (RFC 8599), as in `pn-provider=webpush;pn-prid=...`. */
  contactParams?: string;
  /**
   * Milliseconds before a lost connection is tried again: `base` doubled with each failure up to `longest`, of that 50 to
   * 100 percent (RFC 5626 4.5). 1000 and 30000 where left out, for a person waits; a program that nobody waits for should
   * take the RFC's 30000 and 1800000.
   */
  backOff?: { base: number; longest: number };
  /** Milliseconds between keep-alives at most; 30000 where left out: proxies close what is silent for a minute. */
  pingInterval?: number;
  /** What others may be told of the messages they sent; `delivery` where left out, and `display` only with the person's consent. */
  receipts?: Receipts;
  /** Protects what is written from end to end, and opens what comes. Left out: neither is done. */
  sealer?: Sealer;
  /** IndexedDB where left out, or memory where there is none. */
  history?: History;
  /** Where the platform has none. */
  WebSocket?: WebSocketConstructor;
}

export type ConnectionState =
  | { status: 'connecting' | 'connected' | 'closed' }
  /** Tried again by itself, at that Date.now(). */
  | { status: 'reconnecting'; trouble: RegistrationTrouble; retryAt: number }
  /** Not tried again. `broken`: the program itself failed; only a new client helps. */
  | {
      status: 'failed';
      trouble: RegistrationTrouble | 'broken';
      code: number;
      phrase: string;
      /** With `token-needed`: where to get a token (check it against those you trust) and for what (RFC 8898 2.1.1). */
      authzServer?: string;
      scope?: string;
    };

/** Addresses that reach this client and no other of the same person (RFC 5627); empty where there is none. */
export interface Gruus {
  public: string;
  /** Does not tell whose it is; good for as long as the registration lasts. */
  temporary: string;
}

export interface ClientEvents {
  state: ConnectionState;
  /** A message came, or one was written. */
  message: ChatMessage;
  /** A message of one's own has another state. */
  delivery: ChatMessage;
  /** Somebody began or stopped to write to us. */
  composing: { peer: string; isActive: boolean };
}

/** Whoever comes back waits in front of the screen: RFC 5626 4.5 allows for other times than its own. */
const personWaits = { base: 1000, longest: 30_000 };
const pingInterval = 30_000;

/**
 * Registers and stays registered. The returned client is connecting; messages may be written at once.
 * Throws a ConnectError for an address that is none and when the module can't be loaded.
 */
export async function connect(options: ConnectOptions): Promise<SipClient> {
  const address = peerAddress(options.address, '');
  const core = await Core.load(options.wasm);
  const account = {
    address: address ?? '',
    displayName: options.displayName ?? '',
    username: options.username ?? '',
    password: options.password ?? '',
    token: options.token ?? '',
    instance: options.instance ?? '',
    contactParams: options.contactParams ?? '',
    expires: options.expires ?? 600,
    baseTime: (options.backOff ?? personWaits).base,
    maxTime: (options.backOff ?? personWaits).longest,
    pingInterval: options.pingInterval ?? pingInterval,
    servers: urlsOf(options).map(hostOf),
    receipts: options.receipts ?? 'delivery',
    endToEnd: options.sealer ? ('driver' as const) : ('none' as const),
  };
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  if (!address) throw new ConnectError('bad-address', `Not a SIP address: ${options.address}`);
  if (!core.create(account, entropy)) {
    throw new ConnectError('bad-address', `Not a SIP address, or an option is out of its limits: ${options.address}`);
  }
  const client = new SipClient(core, address, options);
  await client.begin();
  return client;
}

/** A person's connection, conversations and messages. Made by connect(). */
export class SipClient extends Emitter<ClientEvents> {
  readonly address: string;
  #session: Session;
  #history: History;
  #instance: string;
  #messages = new Map<string, ChatMessage>();
  #state: ConnectionState = { status: 'connecting' };
  #gruus: Gruus = { public: '', temporary: '' };
  #saving: Promise<unknown> = Promise.resolve();
  #composing = new Set<string>();

  constructor(core: Core, address: string, options: ConnectOptions) {
    super();
    this.address = address;
    this.#instance = options.instance ?? '';
    this.#history = options.history ?? platformHistory();
    const webSocket = options.WebSocket ?? (globalThis.WebSocket as unknown as WebSocketConstructor);
    this.#session = new Session(core, urlsOf(options), webSocket, (output) => this.#take(output), options.sealer);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** As the registrar gave them with the latest registration; empty while there is none. */
  get gruus(): Gruus {
    return this.#gruus;
  }

  /** Everyone written to or heard from, the latest first. */
  peers(): { address: string; name: string; last: ChatMessage }[] {
    const latest = new Map<string, { address: string; name: string; last: ChatMessage }>();
    for (const message of this.#messages.values()) {
      const known = latest.get(message.peer);
      const last = known && known.last.order > message.order ? known.last : message;
      latest.set(message.peer, { address: message.peer, name: message.peerName || (known?.name ?? ''), last });
    }
    return [...latest.values()].sort((a, b) => b.last.order - a.last.order);
  }

  /** The conversation with one person, or everything, the oldest first. */
  messages(peer?: string): ChatMessage[] {
    const chosen = [...this.#messages.values()].filter((message) => !peer || message.peer === peer);
    return chosen.sort((a, b) => a.order - b.order);
  }

  /** Writes a message: kept first, then sent as soon as there is a connection. Gives its id. */
  async send(to: string, body: string, options: SendOptions = {}): Promise<string> {
    const message = writtenMessage(this.#nextPlace(), to, body, options);
    this.#messages.set(message.key, message);
    this.emit('message', { ...message });
    await this.#save(message);
    this.#session.send(draftOf(message));
    return message.id;
  }

  /** Tries a failed message again, as the same message. */
  async resend(id: string): Promise<void> {
    const message = this.#messages.get(`out ${id}`);
    if (message?.state !== 'failed') return;
    Object.assign(message, { state: 'queued', reason: 'none', instance: this.#instance });
    await this.#save(message);
    this.#session.send(draftOf(message));
  }

  /** The person added something to a message to `peer`, or (`false`) gave it up. The peer is told when it has written before. */
  composing(peer: string, isActive: boolean): void {
    this.#session.composing(peer, isActive);
  }

  /** Whether that person is writing to us now. */
  isComposing(peer: string): boolean {
    return this.#composing.has(peer);
  }

  /** The person was shown what that peer wrote. Told only where the peer asked and `receipts` allows. */
  displayed(peer: string): void {
    for (const message of this.#messages.values()) {
      if (message.peer !== peer || message.direction !== 'in' || message.state === 'displayed') continue;
      message.state = 'displayed';
      void this.#save(message);
      this.#session.displayed(message.id);
    }
  }

  /** Bytes by which a message would be too long to be sent (RFC 3428 8); 0 when it fits. */
  excess(to: string, body: string, options: SendOptions = {}): number {
    return this.#session.excess(draftToMeasure(to, body, options));
  }

  /** The network is back, or the page is looked at again: do not wait for the next try. */
  networkAvailable(): void {
    this.#session.networkAvailable();
  }

  /** Signs off. Done when the server has said so, or after two seconds. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#state.status === 'closed' || this.#state.status === 'failed') return resolve();
      const stop = this.on('state', (state) => {
        if (state.status !== 'closed' && state.status !== 'failed') return;
        stop();
        resolve();
      });
    });
    globalThis.removeEventListener?.('online', this.#online);
    this.#session.stop();
    return Promise.all([closed, this.#saving]).then(() => undefined);
  }

  /** Reads the history, starts, and sends again what an earlier page left without a final state. */
  async begin(): Promise<void> {
    for (const message of await this.#load()) this.#messages.set(message.key, message);
    const living = await livingInstances();
    globalThis.addEventListener?.('online', this.#online);
    this.#session.start();
    for (const message of this.messages()) {
      const isOpen = message.direction === 'out' && (message.state === 'queued' || message.state === 'sending');
      // Where nobody can tell who lives, better a repeat, which its Call-ID gives away, than a message that waits for ever.
      const isOurs = message.instance === this.#instance || !living?.has(message.instance);
      if (isOpen && isOurs) this.#session.send(draftOf(message));
    }
  }

  /** A browser may have no storage for this page; then this conversation lasts as long as the page. */
  #load(): Promise<ChatMessage[]> {
    return this.#history.load(this.address).catch(() => {
      this.#history = new MemoryHistory();
      return [];
    });
  }

  #online = (): void => this.networkAvailable();

  #take(output: SessionOutput): void {
    switch (output.type) {
      case 'open-flow':
        if (this.#state.status !== 'reconnecting') this.#become({ status: 'connecting' });
        return;
      case 'registered':
        this.#gruus = { public: output.publicGruu, temporary: output.temporaryGruu };
        return this.#become({ status: 'connected' });
      case 'unregistered':
        return this.#become({ status: 'closed' });
      case 'registration-failed': {
        const { trouble, status: code, phrase, retryIn, authzServer, scope } = output;
        if (retryIn < 0) return this.#become({ status: 'failed', trouble, code, phrase, authzServer, scope });
        return this.#become({ status: 'reconnecting', trouble, retryAt: Date.now() + retryIn });
      }
      case 'broken':
        return this.#become({ status: 'failed', trouble: 'broken', code: 0, phrase: '' });
      case 'message':
        return this.#receive(output.message);
      case 'delivery':
        return this.#deliver(output.delivery);
      case 'composing':
        return this.#compose(output.peer, output.isActive);
    }
  }

  #compose(from: string, isActive: boolean): void {
    const peer = peerAddress(from, this.address) ?? from;
    if (isActive) this.#composing.add(peer);
    else this.#composing.delete(peer);
    this.emit('composing', { peer, isActive });
  }

  #become(state: ConnectionState): void {
    // RFC 5627 4.4: no GRUU is used without a registration.
    if (state.status !== 'connected') this.#gruus = { public: '', temporary: '' };
    this.#state = state;
    this.emit('state', state);
  }

  #receive(received: ReceivedMessage): void {
    // An earlier page has shown it, and its sender did not hear of that.
    if (this.#messages.has(receivedKey(received))) return;
    const message = receivedMessage(this.#nextPlace(), received);
    this.#messages.set(message.key, message);
    this.emit('message', { ...message });
    void this.#save(message);
  }

  #deliver({ id, ...change }: Delivery): void {
    const message = this.#messages.get(`out ${id}`);
    if (!message) return;
    Object.assign(message, change);
    this.emit('delivery', { ...message });
    void this.#save(message);
  }

  /** One after the other, so that the last state is the one that stays. */
  #save(message: ChatMessage): Promise<void> {
    const copy = { ...message };
    const saved = this.#saving.then(() => this.#history.save(copy));
    // A full disk must not stop what is said now; the conversation on the screen is still whole.
    this.#saving = saved.catch(() => undefined);
    return saved.catch(() => undefined);
  }

  /** Later than all before, so that two messages of one millisecond keep their order. */
  #nextPlace(): { account: string; instance: string; order: number } {
    let last = 0;
    for (const message of this.#messages.values()) last = Math.max(last, message.order);
    return { account: this.address, instance: this.#instance, order: Math.max(Date.now(), last + 1) };
  }
}

function urlsOf({ server }: ConnectOptions): string[] {
  return typeof server === 'string' ? [server] : server;
}

/** What a redirection may name a server by. An address that is none fails when it is opened. */
function hostOf(url: string): string {
  try {
    return new URL(url).host || 'unknown.invalid';
  } catch {
    return 'unknown.invalid';
  }
}
