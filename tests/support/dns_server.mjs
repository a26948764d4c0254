import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from './ports.mjs';
import { soon } from './relay.mjs';

const types = { A: 1, SOA: 6, AAAA: 28, SRV: 33, NAPTR: 35 };
const typeNames = Object.fromEntries(Object.entries(types).map(([name, number]) => [number, name]));

const u16 = (...numbers) => Buffer.concat(numbers.map((number) => Buffer.from([number >> 8, number & 255])));
const u32 = (number) => u16(number >>> 16, number & 0xffff);
const characterString = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const domainName = (name) => Buffer.concat([...name.split('.').filter(Boolean).map(characterString), Buffer.from([0])]);

const data = {
  A: (address) => Buffer.from(address.split('.').map(Number)),
  AAAA: (groups) => u16(...groups),
  SRV: ([priority, weight, port, target]) => Buffer.concat([u16(priority, weight, port), domainName(target)]),
  NAPTR: ([order, preference, flags, service, regexp, replacement]) =>
    Buffer.concat([u16(order, preference), ...[flags, service, regexp].map(characterString), domainName(replacement)]),
};

/** The header, the question as it came, and what follows. */
function response(query, questionEnd, flags, answers, authorities = []) {
  const header = Buffer.concat([query.subarray(0, 2), u16(flags, 1, answers.length, authorities.length, 0)]);
  return Buffer.concat([header, query.subarray(12, questionEnd), ...answers, ...authorities]);
}

const record = (type, bytes, ttl) => Buffer.concat([u16(0xc00c, types[type], 1), u32(ttl), u16(bytes.length), bytes]);

function readQuestion(query) {
  const labels = [];
  let at = 12;
  for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  return { name: labels.join('.').toLowerCase(), type: typeNames[query.readUInt16BE(at + 1)], end: at + 5 };
}

/**
 * A name server on loopback, over UDP and TCP. `zone` maps "TYPE name" to a list of records, to 'silence', to 'refused' or, for what has no room
 * in a datagram, to { large: records }. Other types of a known name are empty answers, other names NXDOMAIN. `asked` notes what was asked,
 * but not what is asked again because the answer to it took long: on a busy machine it may. What there is holds for `ttl` seconds, that there is
 * nothing for `negativeTtl`. It goes away, and comes back to the same port.
 */
export async function dnsServer(t, zone, { ttl = 60, negativeTtl = 30 } = {}) {
  const asked = [];
  const answered = new Set();
  const names = () => new Set(Object.keys(zone).map((key) => key.split(' ')[1]));

  /** A question is known by its ID. */
  function note(query, isDatagram, { name, type }, isSilent) {
    const known = `${query.toString('latin1')} ${isDatagram}`;
    if (answered.has(known)) return;
    if (!isSilent) answered.add(known);
    asked.push(`${type} ${name}${isDatagram ? '' : ' over TCP'}`);
  }

  function answer(query, isDatagram) {
    const { name, type, end } = readQuestion(query);
    const found = zone[`${type} ${name}`];
    note(query, isDatagram, { name, type }, found === 'silence');
    if (found === 'silence') return null;
    if (found === 'refused') return response(query, end, 0x8185, []);
    if (found?.large && isDatagram) return response(query, end, 0x8380, []);
    const records = found?.large ?? found;
    const soa = record('SOA', Buffer.concat([Buffer.from([0, 0]), u32(1), u32(1), u32(1), u32(1), u32(negativeTtl)]), 3600);
    if (!records) return response(query, end, names().has(name) ? 0x8180 : 0x8183, [], [soa]);
    return response(query, end, 0x8180, records.map((each) => record(type, data[type](each), ttl)));
  }

  const port = await freePort();
  let [udp, tcp] = [];
  async function comesBack() {
    udp = createSocket('udp4');
    udp.on('message', (query, { port: from, address }) => {
      const reply = answer(query, true);
      if (reply) udp.send(reply, from, address);
    });
    tcp = createServer((socket) => answerOver(socket));
    udp.bind(port, '127.0.0.1');
    tcp.listen(port, '127.0.0.1');
    await soon(Promise.all([once(udp, 'listening'), once(tcp, 'listening')]), 'a name server');
  }
  function answerOver(socket) {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) return;
      const reply = answer(bytes.subarray(2, 2 + bytes.readUInt16BE(0)), false);
      bytes = bytes.subarray(2 + bytes.readUInt16BE(0));
      if (reply) socket.write(Buffer.concat([u16(reply.length), reply]));
    });
    t.after(() => socket.destroy());
  }
  function goesAway() {
    udp?.close();
    tcp?.close();
    [udp, tcp] = [];
  }
  t.after(goesAway);
  await comesBack();
  return { asked, option: ['--dns-server', `127.0.0.1:${port}`], goesAway, comesBack };
}
