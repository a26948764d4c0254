import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { DeliveryState, FailureReason } from './core.js';
import type { DialogId, MessageFields } from './fields.js';
import type { Protection } from './sealer.js';

/** A message of a conversation, as it is kept. */
export interface ChatMessage extends MessageFields {
  /** Own address, as in `sip:alice@example.org`. */
  account: string;
  /** Unique within the account. */
  key: string;
  peer: string;
  peerName: string;
  direction: 'in' | 'out';
  /** Its Message-ID, or its Call-ID; of one's own messages they are the same. */
  id: string;
  body: string;
  contentType: string;
  /** When it was first sent; milliseconds since 1970. */
  time: number;
  /** Place in the conversation: when it was written or came, by this device's clock. */
  order: number;
  /** Of an outgoing message. */
  state: DeliveryState;
  reason: FailureReason;
  status: number;
  phrase: string;
  excess: number;
  /** Milliseconds since 1970: when it is tried again, or for `failed` from when on that makes sense; 0: not said. */
  retryAt: number;
  /** It went out asking for notifications. */
  hasAsked: boolean;
  /** It went out as plain text, and stays that. */
  isPlain: boolean;
  /** Of an incoming message: how it was protected, and who signed it (empty: nobody). */
  protection?: Protection;
  signer?: string;
  /** Until when it is of use; milliseconds since 1970. */
  expires?: number;
  /** Of a message that came in the dialog of another request. */
  dialog?: DialogId;
  /** The client that has to see an outgoing message through. */
  instance: string;
}

/** Where messages are kept. Both functions are done when the message is safe. */
export interface History {
  load(account: string): Promise<ChatMessage[]>;
  save(message: ChatMessage): Promise<void>;
}

/** Kept for as long as the object lives. */
export class MemoryHistory implements History {
  #messages = new Map<string, ChatMessage>();

  load(account: string): Promise<ChatMessage[]> {
    return Promise.resolve([...this.#messages.values()].filter((message) => message.account === account));
  }
  save(message: ChatMessage): Promise<void> {
    this.#messages.set(`${message.account} ${message.key}`, { ...message });
    return Promise.resolve();
  }
}

interface Schema extends DBSchema {
  messages: { key: [string, string]; value: ChatMessage };
}

/** Kept by the browser, for this origin. */
export class BrowserHistory implements History {
  #database: Promise<IDBPDatabase<Schema>>;

  constructor(name = 'sipmsg') {
    this.#database = openDB<Schema>(name, 1, {
      upgrade: (database) => {
        database.createObjectStore('messages', { keyPath: ['account', 'key'] });
      },
    });
  }

  async load(account: string): Promise<ChatMessage[]> {
    const range = IDBKeyRange.bound([account, ''], [account, '\uffff']);
    return (await this.#database).getAll('messages', range);
  }
  async save(message: ChatMessage): Promise<void> {
    await (await this.#database).put('messages', { ...message });
  }
}

export function platformHistory(): History {
  return typeof indexedDB === 'undefined' ? new MemoryHistory() : new BrowserHistory();
}
