import { draftOf } from './chat-message.js';
import type { SentMessage } from './core.js';
import type { ChatMessage } from './history.js';

/** A notification comes within days, if at all; the core remembers some more. */
const mostAwaited = 1000;

export function sentMessageOf(message: ChatMessage): SentMessage {
  const { state, reason, retryAt, hasAsked, isPlain } = message;
  return { ...draftOf(message), state, reason, retryAt, hasAsked, isPlain };
}

/** What a new page takes up of these, in their order: what has no final state, and what still waits for notifications. */
export function unfinished(messages: ChatMessage[]): ChatMessage[] {
  const sent = messages.filter(({ direction }) => direction === 'out');
  const isOpen = ({ state }: ChatMessage) => state === 'queued' || state === 'sending';
  const awaited = sent.filter((message) => message.hasAsked && !isOpen(message) && message.state !== 'displayed');
  return [...awaited.slice(-mostAwaited), ...sent.filter(isOpen)];
}
