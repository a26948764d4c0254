import assert from 'node:assert/strict';
import { body } from './sip.mjs';

/** A text, a word, in CPIM that is to be told of under itself as Message-ID (RFC 5438 7.1.1); `wanted` is its Disposition-Notification. */
export const asking = (from, to, text, wanted) => ({
  'Content-Type': 'message/cpim',
  body: [
    ...[`From: <sip:${from}>`, `To: <sip:${to}>`, 'DateTime: 2026-01-02T03:04:05Z', 'NS: imdn <urn:ietf:params:imdn>'],
    ...[`imdn.Message-ID: ${text}`, `imdn.Disposition-Notification: ${wanted}`, '', 'Content-Type: text/plain', '', text],
  ].join('\r\n'),
});

/** That a received MESSAGE is a notification of it, with that status. */
export function isNotification(received, text, status) {
  assert.match(received, /^MESSAGE /);
  assert.match(body(received), /^Content-Disposition: notification\r$/m);
  assert.match(body(received), new RegExp(`<message-id>${text}</message-id>`));
  assert.match(body(received), new RegExp(`<status>\\s*<${status}\\s*/>`));
}
