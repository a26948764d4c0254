// What compressed WebSockets cost the relay and save on the wire: node bench/relay/compression.mjs [RELAY]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { load } from '../../tests/support/npm.mjs';

const { default: WebSocket } = await load('ws');
const program = process.argv[2] ?? new URL('../../build/release/bin/sipmsg-relay', import.meta.url).pathname;
const connections = 1000;
const messages = 3000;
const text = `The weather here is as it always was, and we think of you. ${'It was a fine day. '.repeat(10)}`;

const fields = (user, more) =>
  `Via: SIP/2.0/WS ${user}.invalid;branch=z9hG4bK${Math.random().toString(36).slice(2)};rport\r\nMax-Forwards: 70\r\n` +
  `From: <sip:${user}@example.test>;tag=a\r\nCall-ID: ${Math.random().toString(36).slice(2)}\r\n${more}`;
const registration = (user) =>
  `REGISTER sip:example.test SIP/2.0\r\n${fields(user, `To: <sip:${user}@example.test>\r\nCSeq: 1 REGISTER\r\nExpires: 600\r\n`)}` +
  `Contact: <sip:${user}@${user}.invalid;transport=ws>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000000>"\r\nContent-Length: 0\r\n\r\n`;
const message = (from, to) =>
  `MESSAGE sip:${to}@example.test SIP/2.0\r\n${fields(from, `To: <sip:${to}@example.test>\r\nCSeq: 1 MESSAGE\r\n`)}` +
  `Content-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
const ok = (received) =>
  `SIP/2.0 200 OK\r\n${received.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line)).join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;

async function measure(offer) {
  const common = ['--ws', '127.0.0.1:0', '--domain', 'example.test', '--data', ':memory:', '--auth', 'none', '--ws-compression', 'on'];
  const relay = spawn(program, common, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  while (!/ready$/m.test(log)) log += (await once(relay.stderr, 'data'))[0];
  const port = /listening WS \S+:(\d+)/i.exec(log)[1];
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${relay.pid}/status`, 'utf8'))[1]);
  const cpu = () => {
    const [user, system] = readFileSync(`/proc/${relay.pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number);
    return (user + system) * 10; // ms
  };

  const before = memory();
  const sockets = [];
  for (let i = 0; i < connections; ++i) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'sip', { perMessageDeflate: offer && { threshold: 0 } });
    await once(socket, 'open');
    socket.send(registration(`user${i}`));
    await once(socket, 'message');
    sockets.push(socket);
  }
  const kilobytes = (memory() - before) / connections;

  const [alice, bob] = sockets;
  bob.on('message', (data) => bob.send(ok(data.toString())));
  const start = { cpu: cpu(), bytes: bob._socket.bytesRead };
  for (let i = 0; i < messages; ++i) {
    alice.send(message('user0', 'user1'));
    const [answer] = await once(alice, 'message');
    if (!answer.toString().startsWith('SIP/2.0 200')) throw new Error(answer.toString());
  }
  const each = (value, unit) => `${Math.round(value / messages)} ${unit}`;
  console.log(
    `${offer ? 'compressed' : 'plain     '}: ${kilobytes.toFixed(1)} kB a registered connection, ` +
      `${each((cpu() - start.cpu) * 1000, 'us')} of CPU a message with its answer, ${each(bob._socket.bytesRead - start.bytes, 'bytes')} to its recipient`,
  );
  for (const socket of sockets) socket.terminate();
  relay.kill('SIGTERM');
  await once(relay, 'close');
}

for (const offer of [false, true, false, true]) await measure(offer);
