import { peerAddress } from './address.js';
import { draftOf, receivedKey, receivedMessage, writtenMessage } from './chat-message.js';
import { ConnectError, Core, type Delivery, type ReceivedMessage, type RegistrationTrouble } from './core.js';
import { Emitter } from './emitter.js';
import type { SendOptions } from './fields.js';
import { MemoryHistory, platformHistory, type ChatMessage, type History } from './history.js';
import { livingInstances } from './instance.js';
import { accountOf, urlsOf, type ConnectOptions } from './options.js';
import { sentMessageOf, unfinished } from './sent-messages.js';
import { Session, type SessionOutput, type WebSocketConstructor } from './session.js';

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


/**
 * Registers and stays registered. The returned client is connecting; messages may be written at once.
 * Throws a ConnectError for an address that is none and when the module can't be loaded.
 */
export async function connect(options: ConnectOptions): Promise<SipClient> {
  const address = peerAddress(options.address, '');
  const core = await Core.load(options.wasm);
  const entropy = crypto.getRandomValues(new Uint8Array(32));
  if (!address) throw new ConnectError('bad-address', `Not a SIP address: ${options.address}`);
  if (!core.create(accountOf(options, address), entropy)) {
    throw new ConnectError('bad-address', `Not a SIP address, or an option is out of its limits: ${options.address}`);
  }
  const client = new SipClient(core, address, options);
  await client.begin();
  return client;
}

/** A person's connection, conversations and messages. Made by connect(). */
export class SipClient extends Emitter<ClientEvents> {
  readonly address: string;
  /** Names this client; messages of another one that lives are for that one to see through. */
  readonly instance: string;
  #session: Session;
  #history: History;
  #messages = new Map<string, ChatMessage>();
  #state: ConnectionState = { status: 'connecting' };
  #gruus: Gruus = { public: '', temporary: '' };
  #saving: Promise<unknown> = Promise.resolve();
  #composing = new Set<string>();

  constructor(core: Core, address: string, options: ConnectOptions) {
    super();
    this.address = address;
    this.instance = options.instance ?? '';
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
    this.#session.restore(sentMessageOf(message));
    Object.assign(message, { state: 'queued', reason: 'none', retryAt: 0, instance: this.instance });
    await this.#save(message);
    this.#session.send(draftOf(message));
  }

  /** Takes a message back that has no final state. One that is on its way may arrive all the same, and then says so. */
  cancel(id: string): void {
    this.#session.cancel(id);
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
    return this.#session.excess(draftOf(writtenMessage(this.#nextPlace(), to, body, options)));
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

  /** Reads the history, starts, and takes up what an earlier page left without a final state, or waiting for notifications. */
  async begin(): Promise<void> {
    const blank = { retryAt: 0, hasAsked: false, isPlain: false }; // an older version kept none of these
    for (const message of await this.#load()) this.#messages.set(message.key, { ...blank, ...message });
    const living = await livingInstances();
    globalThis.addEventListener?.('online', this.#online);
    this.#session.start();
    // Where nobody can tell who lives, better a repeat, which its Call-ID gives away, than a message that waits for ever.
    const isOurs = ({ instance }: ChatMessage) => instance === this.instance || !living?.has(instance);
    for (const message of unfinished(this.messages().filter(isOurs))) {
      if (message.instance !== this.instance) {
        message.instance = this.instance;
        void this.#save(message);
      }
      this.#session.restore(sentMessageOf(message));
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

  /** Whose conversation it belongs to. Who was written to by an im address answers by a sip address. */
  #peerOf(from: string): string {
    const peer = peerAddress(from, this.address) ?? from;
    const im = peer.replace(/^sips?:/, 'im:');
    return [...this.#messages.values()].some((message) => message.peer === im) ? im : peer;
  }

  #compose(from: string, isActive: boolean): void {
    const peer = this.#peerOf(from);
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
    const message = receivedMessage(this.#nextPlace(), this.#peerOf(received.from), received);
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
    return { account: this.address, instance: this.instance, order: Math.max(Date.now(), last + 1) };
  }
}
