import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { freePort } from './ports.mjs';
import { soon } from './relay.mjs';
import { isTrying } from './sip.mjs';

/** Hands out what arrives, in order, to whoever waits. */
export class Arrivals {
  #items = [];
  #waiting = [];

  push(item) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  next(what) {
    return this.#items.length ? Promise.resolve(this.#items.shift()) : soon(new Promise((resolve) => this.#waiting.push(resolve)), what);
  }
}

/**
 * A phone at a UDP port of `host`, where the relay is, too: at `port`, or any that is free. With `relayHost` the relay is there, and the phone
 * hears nothing that comes from elsewhere, as behind a NAT. It passes over what is sent anew, byte for byte, because its answer took longer
 * than T1: on a busy machine it may (RFC 3261 17.2). With `hearsRepeats` it does not. It passes over what isTrying(), too, but with `hearsTrying`.
 */
export async function udpPhone(t, relayPort, { host = '127.0.0.1', port: own = 0, relayHost, hearsRepeats = false, hearsTrying = false } = {}) {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  t.after(() => socket.close());
  const arrivals = new Arrivals();
  const heard = new Set();
  let correspondent;
  socket.on('message', (data, { port }) => {
    const text = data.toString();
    if (!hearsRepeats) {
      if (heard.has(text)) return;
      heard.add(text);
    }
    correspondent = port;
    if (hearsTrying || !isTrying(text)) arrivals.push(text);
  });
  socket.bind(own, host);
  await soon(once(socket, 'listening'), 'a UDP port');
  if (relayHost) {
    socket.connect(relayPort, relayHost);
    await soon(once(socket, 'connect'), 'a connected socket');
  }
  const send = (text, port) => (relayHost ? socket.send(text) : socket.send(text, port, host));
  return {
    port: socket.address().port,
    send: (text, port = relayPort) => send(text, port),
    /** To whoever wrote last. */
    answer: (text) => send(text, correspondent),
    message: (what = 'a datagram') => arrivals.next(what),
  };
}

/**
 * One end of a TCP connection, or of TLS over one: whole messages come as text, the end of it as null; what isTrying() is passed over. In
 * `latin1` each byte is a character.
 */
export function tcpEnd(t, socket, encoding = 'utf8') {
  const arrivals = new Arrivals();
  let bytes = ''; // a character each, or a length is none
  t.after(() => socket.destroy());
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('close', () => arrivals.push(null));
  socket.on('data', (chunk) => {
    bytes += chunk;
    for (;;) {
      const end = bytes.startsWith('\r\n') ? -2 : bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const size = end === -2 ? 2 : end + 4 + Number(/^content-length: *(\d+)/im.exec(bytes)[1]);
      if (bytes.length < size) return;
      const text = Buffer.from(bytes.slice(0, size), 'latin1').toString(encoding);
      bytes = bytes.slice(size);
      if (!isTrying(text)) arrivals.push(text);
    }
  });
  return {
    socket,
    port: socket.localPort,
    send: (text) => socket.write(text, encoding),
    message: (what = 'a message over TCP') => arrivals.next(what),
    close: () => socket.destroy(),
  };
}

/** `from`: another address of this machine. */
export async function tcpPhone(t, relayPort, { from, host = '127.0.0.1', encoding } = {}) {
  const socket = connect({ port: relayPort, host, localAddress: from, noDelay: true });
  await soon(once(socket, 'connect'), 'a connection');
  return tcpEnd(t, socket, encoding);
}

/** `tls` are Node's options. */
export async function tlsPhone(t, relayPort, tls) {
  const socket = connectTls({ port: relayPort, host: '127.0.0.1', ...tls });
  await soon(once(socket, 'secureConnect'), 'a connection');
  return tcpEnd(t, socket);
}

/** A phone that waits to be connected to, at a port that nobody else is given when it waits no more, nor for UDP. */
export async function tcpServer(t, host = '127.0.0.1') {
  const server = createServer();
  t.after(() => server.close());
  const arrivals = new Arrivals();
  server.on('connection', (socket) => arrivals.push(tcpEnd(t, socket)));
  server.listen(await freePort(host), host);
  await soon(once(server, 'listening'), 'a TCP port');
  return { host, port: server.address().port, connection: () => arrivals.next('the relay to connect'), close: () => server.close() };
}
