import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ChatMessage } from '../sdk/index.js';

/** The longest that setTimeout() can wait. */
const longestWait = 2 ** 31 - 1;

/** Whether the message's time is over (RFC 3428 7). */
export function isExpired({ expires }: ChatMessage, now: number): boolean {
  return expires !== undefined && expires <= now;
}

/** Milliseconds until the next of the messages expires; undefined where none will. */
export function nextExpiry(messages: ChatMessage[], now: number): number | undefined {
  const waits = messages.flatMap(({ expires }) => (expires !== undefined && expires > now ? [expires - now] : []));
  return waits.length > 0 ? Math.min(...waits, longestWait) : undefined;
}

/** Draws its host again when a message that it shows expires. */
export class ExpiryWatch implements ReactiveController {
  #host: ReactiveControllerHost;
  #messages: () => ChatMessage[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, messages: () => ChatMessage[]) {
    this.#host = host;
    this.#messages = messages;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }
  hostUpdated(): void {
    clearTimeout(this.#timer);
    const wait = nextExpiry(this.#messages(), Date.now());
    this.#timer = wait === undefined ? undefined : setTimeout(() => this.#host.requestUpdate(), wait);
  }
  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}
