import { peerAddress } from './address.js';
import type { Draft, ReceivedMessage } from './core.js';
import { fieldsOf, type SendOptions } from './fields.js';
import type { ChatMessage } from './history.js';

const textPlain = 'text/plain;charset=UTF-8';

/** Where a message belongs: whose it is, who has to see it through, and its place in the conversation. */
interface Place {
  account: string;
  instance: string;
  order: number;
}

const untold = { reason: 'none', status: 0, phrase: '', excess: 0, retryAt: 0, hasAsked: false, isPlain: false } as const;

/** A message that the person has just written. */
export function writtenMessage({ account, instance, order }: Place, to: string, body: string, options: SendOptions): ChatMessage {
  const id = drawId();
  return {
    ...untold,
    account,
    key: `out ${id}`,
    peer: peerAddress(to, account) ?? to.trim(),
    peerName: '',
    direction: 'out',
    id,
    body,
    contentType: textPlain,
    time: order,
    order,
    state: 'queued',
    instance,
    ...fieldsOf(options),
    ...(options.expires ? { expires: order + options.expires * 1000 } : {}),
  };
}

/** The same for every repeat of a message, also after a reload. */
export function receivedKey({ from, id, sent, body }: ReceivedMessage): string {
  return `in ${from} ${id} ${sent} ${body}`;
}

export function receivedMessage({ account, order }: Place, peer: string, received: ReceivedMessage): ChatMessage {
  const { displayName, id, body, contentType, sent, protection, signer, expires, dialog } = received;
  return {
    ...untold,
    account,
    key: receivedKey(received),
    peer,
    peerName: displayName,
    direction: 'in',
    id,
    body,
    contentType,
    time: sent,
    order,
    state: 'delivered',
    protection,
    signer,
    instance: '',
    ...fieldsOf(received),
    ...(expires === undefined ? {} : { expires }),
    ...(dialog ? { dialog } : {}),
  };
}

/** What is sent of a message, the same each time. */
export function draftOf(message: ChatMessage): Draft {
  const { peer: to, body, contentType, id, time: firstSent, expires } = message;
  return { to, body, contentType, id, firstSent, fields: fieldsOf(message), expires: expires ? (expires - firstSent) / 1000 : 0 };
}

/** Random enough for a Call-ID (RFC 3261 8.1.1.4): 120 bits. */
function drawId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
