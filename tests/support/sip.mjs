import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

const token = () => randomBytes(6).toString('hex');

/** A request to send over `transport`, complete and with lines for `extra` header fields. */
export function request(method, { transport = 'WS', uri = 'sip:example.test', from, to, body = '', sentBy, ...extra }) {
  const fields = {
    Via: `SIP/2.0/${transport} ${sentBy ?? `${token()}.invalid`};branch=z9hG4bK${token()};rport`,
    'Max-Forwards': '70',
    From: `<sip:${from}@example.test>;tag=${token()}`,
    To: `<sip:${to}@example.test>`,
    'Call-ID': token(),
    CSeq: `1 ${method}`,
    ...extra,
    ...(body && !extra['Content-Type'] ? { 'Content-Type': 'text/plain' } : {}),
    'Content-Length': extra['Content-Length'] ?? Buffer.byteLength(body),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${uri} SIP/2.0\r\n${lines.join('')}\r\n${body}`;
}

export const register = (user, contact, options = {}) =>
  request('REGISTER', { from: user, to: user, Contact: `<${contact}>`, Expires: '600', ...options });

export const instantMessage = (from, to, body, options = {}) =>
  request('MESSAGE', { uri: `sip:${to}@example.test`, from, to, body, ...options });

/** All before the body, which may hold lines like those of a header. */
export const head = (text) => text.slice(0, text.indexOf('\r\n\r\n'));

/** The 200 for a received request. */
export function ok(received) {
  const copied = head(received).split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
  const lines = copied.map((line) => (/^to:/i.test(line) && !line.includes('tag=') ? `${line};tag=${token()}` : line));
  return `SIP/2.0 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}

/** The status of a response; none for a request. */
export const status = (text) => Number(/^SIP\/2\.0 (\d{3}) /.exec(text)?.[1]);

/** Whether it only says that a request is dealt with that is no INVITE: where an answer takes long, as on a busy machine (RFC 4320 4.1). */
export const isTrying = (text) => status(text) === 100 && !/^cseq: *\d+ +INVITE\r$/im.test(text);

export const body = (text) => text.slice(text.indexOf('\r\n\r\n') + 4);

/** One end sends `message`, the other gets it with `text` and answers 200, which comes back. Gives what was got. */
export async function converse(from, to, message, text) {
  from.send(message);
  const received = await to.message('the message');
  assert.equal(body(received), text);
  to.send(ok(received));
  assert.equal(status(await from.message('the answer')), 200);
  return received;
}

const hashes = { MD5: 'md5', 'SHA-256': 'sha256' };

/** The Authorization for a 401 or the Proxy-Authorization for a 407 (RFC 7616 3.4); `count` tells how often its nonce is used by now. */
export function authorization(refusal, algorithm, user, password, method, uri, count = 1) {
  const challenge = refusal.split('\r\n').find((line) => /^(www|proxy)-authenticate:/i.test(line) && line.includes(`algorithm=${algorithm}`));
  assert.ok(challenge, `no challenge for ${algorithm} in ${refusal}`);
  const value = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)[1];
  const hash = (text) => createHash(hashes[algorithm]).update(text).digest('hex');
  const ha1 = hash(`${user}:${value('realm')}:${password}`);
  const nc = count.toString(16).padStart(8, '0');
  const response = hash(`${ha1}:${value('nonce')}:${nc}:abc:auth:${hash(`${method}:${uri}`)}`);
  const name = /^www/i.test(challenge) ? 'Authorization' : 'Proxy-Authorization';
  return {
    [name]:
      `Digest username="${user}", realm="${value('realm')}", nonce="${value('nonce')}", uri="${uri}", ` +
      `response="${response}", algorithm=${algorithm}, cnonce="abc", qop=auth, nc=${nc}`,
  };
}
