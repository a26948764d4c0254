import { readDialog, readFields, writeFields, type DialogId, type MessageFields } from './fields.js';
import { readQuestion, type Question } from './question.js';
import { RecordReader, RecordWriter } from './records.js';
import type { Protection } from './sealer.js';

/** Where the module comes from: an address to fetch it from, its bytes, or the compiled module. */
export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

export type DeliveryState = 'queued' | 'sending' | 'stored' | 'delivered' | 'displayed' | 'failed';
export type FailureReason =
  | 'none'
  | 'too-long'
  | 'bad-recipient'
  | 'bad-content'
  | 'unknown-user'
  | 'moved'
  | 'offline'
  | 'refused'
  | 'declined'
  | 'not-understood'
  | 'wrong-password'
  | 'no-answer'
  | 'server-trouble'
  | 'expired'
  | 'undeliverable'
  | 'not-sealed'
  | 'no-secure-device'
  | 'undecipherable'
  | 'cancelled'
  | 'other';
/** What others may be told of the messages they sent: nothing, that they came, or also that they were shown. */
export type Receipts = 'none' | 'delivery' | 'display';
/** What is known of all the hops to other people (RFC 3428 8). */
export type Path = 'unknown' | 'congestion-safe';
export type RegistrationTrouble =
  | 'connection-lost'
  | 'no-answer'
  | 'wrong-password'
  | 'token-needed'
  | 'refused'
  | 'server-trouble';

export interface Account {
  address: string;
  displayName: string;
  username: string;
  password: string;
  /** Shown where a server asks for a bearer token (RFC 8898). */
  token: string;
  instance: string;
  /** Parameters of the Contact for push notifications (RFC 8599). */
  contactParams: string;
  /** Seconds, 1 to 86400. */
  expires: number;
  /** Milliseconds (RFC 5626 4.5). */
  baseTime: number;
  maxTime: number;
  /** Milliseconds (RFC 5626 4.4.1). */
  pingInterval: number;
  /** "host" or "host:port" of each server, the preferred first. */
  servers: string[];
  receipts: Receipts;
  /** Whether seal and open questions are answered. */
  endToEnd: 'none' | 'driver';
  path: Path;
}

export interface Draft {
  to: string;
  body: string;
  contentType: string;
  /** Empty: drawn anew. */
  id: string;
  /** Milliseconds since 1970; 0: now. */
  firstSent: number;
  fields: MessageFields;
  /** Seconds from then on; 0: for ever. */
  expires: number;
}

export interface Delivery {
  id: string;
  state: DeliveryState;
  reason: FailureReason;
  /** The SIP status that decided; 0 without one. */
  status: number;
  phrase: string;
  /** Bytes too many, for `too-long`. */
  excess: number;
  /** Milliseconds since 1970: when it is tried again, or for `failed` from when on that makes sense; 0: not said. */
  retryAt: number;
  /** It went out asking for notifications, or as plain text: restore() needs it. */
  hasAsked: boolean;
  isPlain: boolean;
}

/** A message of an earlier page, and the latest that was told of it. */
export type SentMessage = Draft & Pick<Delivery, 'state' | 'reason' | 'retryAt' | 'hasAsked' | 'isPlain'>;

export interface ReceivedMessage extends MessageFields {
  from: string;
  displayName: string;
  contentType: string;
  body: string;
  id: string;
  /** Milliseconds since 1970. */
  sent: number;
  /** Milliseconds since 1970, from when on it is over; not there where it never is. */
  expires?: number;
  /** Not there outside of one. */
  dialog?: DialogId;
  /** Of the body. */
  protection: Protection;
  /** Who signed it, which need not be the sender; empty: nobody. */
  signer: string;
}

export type Output =
  /** `server` is an index in the account's list. */
  | { type: 'open-flow'; server: number }
  | { type: 'close-flow'; flow: number }
  | { type: 'send-bytes'; flow: number; bytes: Uint8Array }
  | { type: 'registered'; expires: number; publicGruu: string; temporaryGruu: string }
  | { type: 'unregistered' }
  | {
      type: 'registration-failed';
      trouble: RegistrationTrouble;
      status: number;
      phrase: string;
      retryIn: number;
      authzServer: string;
      scope: string;
    }
  | { type: 'message'; message: ReceivedMessage }
  | { type: 'delivery'; delivery: Delivery }
  | { type: 'composing'; peer: string; isActive: boolean }
  | Question;

/** Why connect() gave no client. */
export class ConnectError extends Error {
  constructor(
    readonly reason: 'bad-address' | 'not-loaded',
    message: string,
  ) {
    super(message);
  }
}

const encoder = new TextEncoder();

type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source !== 'string' && !(source instanceof URL)) return WebAssembly.compile(source);
  const response = await fetch(source).catch(() => undefined);
  if (!response?.ok) {
    throw new ConnectError('not-loaded', `${String(source)} could not be loaded: ${response?.status ?? 'no answer'}`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The UserAgent inside its WebAssembly module, with typed inputs and outputs. One input, then poll() until undefined. */
export class Core {
  #exports: Exports;

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  static async load(source: WasmSource): Promise<Core> {
    const module = await compile(source);
    // Debris of the C library: nothing that is imported is ever called with a meaning.
    const imports: WebAssembly.Imports = {};
    for (const { module: name, name: field } of WebAssembly.Module.imports(module)) {
      (imports[name] ??= {})[field] = () => 0;
    }
    const instance = await WebAssembly.instantiate(module, imports);
    const exports = instance.exports as Exports;
    exports['_initialize']?.();
    return new Core(exports);
  }

  /** False when the account's address is no SIP address with a user. */
  create(account: Account, entropy: Uint8Array): boolean {
    const record = new RecordWriter()
      .string(account.address)
      .string(account.displayName)
      .string(account.username)
      .string(account.password)
      .string(account.token)
      .string(account.instance)
      .string(account.contactParams)
      .number(account.expires)
      .number(account.baseTime)
      .number(account.maxTime)
      .number(account.pingInterval)
      .number(account.servers.length);
    for (const server of account.servers) record.string(server);
    record.string(account.receipts).string(account.endToEnd).string(account.path).bytes(entropy);
    return this.#call('sip_create', this.#write(record.finish())) === 1;
  }

  start(): void {
    this.#call('sip_start', ...now());
  }
  stop(): void {
    this.#call('sip_stop', ...now());
  }
  networkAvailable(): void {
    this.#call('sip_network_available', ...now());
  }
  flowOpened(flow: number, isSecure: boolean): void {
    this.#call('sip_flow_opened', ...now(), flow, isSecure ? 1 : 0);
  }
  flowClosed(flow: number): void {
    this.#call('sip_flow_closed', ...now(), flow);
  }
  receive(flow: number, frame: Uint8Array): void {
    this.#call('sip_receive', ...now(), flow, this.#write(frame));
  }
  advance(): void {
    this.#call('sip_advance', ...now());
  }
  /** The message's id. */
  send(draft: Draft): string {
    const address = this.#call('sip_send', ...now(), this.#write(writeDraft(draft).finish()));
    if (address === 0) throw new Error('The program does not know this draft: page and module are of different versions');
    return new RecordReader(this.#exports.memory.buffer, address).string();
  }
  /** Takes up what an earlier page sent. */
  restore(message: SentMessage): void {
    const record = writeDraft(message).string(message.state).string(message.reason).number(message.retryAt);
    record.number(message.hasAsked ? 1 : 0).number(message.isPlain ? 1 : 0);
    const isKnown = this.#call('sip_restore', ...now(), this.#write(record.finish()));
    if (!isKnown) throw new Error('The program does not know this message: page and module are of different versions');
  }
  /** The person takes a message back. */
  cancel(id: string): void {
    this.#call('sip_cancel', ...now(), this.#write(encoder.encode(id)));
  }
  /** The person added something to a message to that peer, or gave it up. */
  composing(peer: string, isActive: boolean): void {
    this.#call('sip_composing', ...now(), isActive ? 1 : 0, this.#write(encoder.encode(peer)));
  }
  /** A received message was shown to the person. */
  displayed(id: string): void {
    this.#call('sip_displayed', ...now(), this.#write(encoder.encode(id)));
  }
  /** `record` is what answerTo() gave. */
  answer(record: Uint8Array): void {
    this.#call('sip_answer', ...now(), this.#write(record));
  }
  /** Bytes by which the draft is over the limit of the account's path (RFC 3428 8). */
  excess(draft: Draft): number {
    return this.#call('sip_excess', this.#write(writeDraft(draft).finish()));
  }

  poll(): Output | undefined {
    const address = this.#call('sip_poll');
    return address === 0 ? undefined : readOutput(new RecordReader(this.#exports.memory.buffer, address));
  }
  /** On performance.now()'s line; undefined without one. */
  deadline(): number | undefined {
    const deadline = this.#call('sip_deadline');
    return deadline < 0 ? undefined : deadline;
  }

  #call(name: string, ...args: number[]): number {
    const callee = this.#exports[name];
    if (!callee) throw new Error(`The program lacks ${name}: page and module are of different versions`);
    return callee(...args);
  }

  #write(bytes: Uint8Array): number {
    const address = this.#call('sip_buffer', bytes.length);
    new Uint8Array(this.#exports.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  }
}

function now(): [mono: number, wall: number] {
  return [performance.now(), Date.now()];
}

function writeDraft(draft: Draft): RecordWriter {
  const record = new RecordWriter().string(draft.to).string(draft.body).string(draft.contentType);
  record.string(draft.id).number(draft.firstSent);
  return writeFields(record, draft.fields).number(draft.expires);
}

function readMessage(record: RecordReader): ReceivedMessage {
  const message = {
    from: record.string(),
    displayName: record.string(),
    contentType: record.string(),
    body: record.string(),
    id: record.string(),
    sent: record.number(),
    protection: record.string() as Protection,
    signer: record.string(),
    ...readFields(record),
  };
  const expires = record.number();
  const dialog = readDialog(record);
  return { ...message, ...(expires < 0 ? {} : { expires }), ...(dialog ? { dialog } : {}) };
}

function readOutput(record: RecordReader): Output {
  const type = record.type();
  switch (type) {
    case 1:
      return { type: 'open-flow', server: record.number() };
    case 2:
      return { type: 'close-flow', flow: record.number() };
    case 3:
      return { type: 'send-bytes', flow: record.number(), bytes: record.bytes() };
    case 4:
      return { type: 'registered', expires: record.number(), publicGruu: record.string(), temporaryGruu: record.string() };
    case 5:
      return { type: 'unregistered' };
    case 6:
      return {
        type: 'registration-failed',
        trouble: record.string() as RegistrationTrouble,
        status: record.number(),
        phrase: record.string(),
        retryIn: record.number(),
        authzServer: record.string(),
        scope: record.string(),
      };
    case 7:
      return { type: 'message', message: readMessage(record) };
    case 8:
      return {
        type: 'delivery',
        delivery: {
          id: record.string(),
          state: record.string() as DeliveryState,
          reason: record.string() as FailureReason,
          status: record.number(),
          phrase: record.string(),
          excess: record.number(),
          retryAt: record.number(),
          hasAsked: record.number() !== 0,
          isPlain: record.number() !== 0,
        },
      };
    case 9:
      return { type: 'composing', peer: record.string(), isActive: record.number() !== 0 };
    case 10:
      return readQuestion('seal', record);
    case 11:
      return readQuestion('open', record);
    case 12:
      return readQuestion('decode', record);
    default:
      throw new Error(`The program says something unknown (${type}): page and module are of different versions`);
  }
}
