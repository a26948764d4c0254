import type { Account, Receipts, WasmSource } from './core.js';
import type { History } from './history.js';
import type { Sealer } from './sealer.js';
import type { WebSocketConstructor } from './session.js';

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
  /**
   * Whoever runs every server and link to other people may state that none of them is harmed by large messages (RFC 3428 8:
   * congestion-controlled, never UDP). Then a message may have 60 kB in place of 1300 bytes.
   */
  congestionSafe?: boolean;
  /** IndexedDB where left out, or memory where there is none. */
  history?: History;
  /** Where the platform has none. */
  WebSocket?: WebSocketConstructor;
}

/** Whoever comes back waits in front of the screen: RFC 5626 4.5 allows for other times than its own. */
const personWaits = { base: 1000, longest: 30_000 };
const pingInterval = 30_000;

/** The account of the person with that address, as the core wants it. */
export function accountOf(options: ConnectOptions, address: string): Account {
  return {
    address,
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
    endToEnd: options.sealer ? 'driver' : 'none',
    path: options.congestionSafe ? 'congestion-safe' : 'unknown',
  };
}

export function urlsOf({ server }: ConnectOptions): string[] {
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
