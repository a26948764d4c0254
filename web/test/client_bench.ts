import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import './webcrypto.js';
import { connect, MemoryHistory, type ConnectOptions, type SipClient } from '../src/sdk/index.js';
import type { SipServer } from './sip_server.js';

export const wasm = readFileSync(new URL(`file://${process.cwd()}/../build/wasm/bin/sipmsg.wasm`));

export async function start(t: TestContext, server: SipServer, options: Partial<ConnectOptions> = {}): Promise<SipClient> {
  const client = await connect({
    server: 'ws://example.org/',
    address: 'alice@example.org',
    password: 'secret',
    wasm,
    history: new MemoryHistory(),
    instance: 'urn:uuid:1',
    WebSocket: server.WebSocket,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

export const incoming = (callId: string, body: string) =>
  `MESSAGE sip:alice@x.invalid SIP/2.0\r\nVia: SIP/2.0/WS s;branch=z9hG4bK${Math.random()}\r\nFrom: Bob <sip:bob@example.org>;tag=1\r\n` +
  `To: <sip:alice@example.org>\r\nCall-ID: ${callId}\r\nCSeq: 1 MESSAGE\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n` +
  `Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** What asks for notifications. */
export const cpim = (id: string, text: string) =>
  `From: <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nDateTime: 2010-11-13T23:29:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n` +
  `imdn.Message-ID: ${id}\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\nContent-Type: text/plain\r\n\r\n${text}`;
export const as = (type: string, request: string) => request.replace('text/plain', type);

/** A notification that a message was displayed. */
export const displayedNotification = (id: string) =>
  as(
    'message/cpim',
    incoming(
      `notification of ${id}`.replaceAll(' ', '-'),
      'NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: n1\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n' +
        `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2010-11-13T23:29:00Z</datetime>` +
        '<display-notification><status><displayed/></status></display-notification></imdn>',
    ),
  );
