import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { dnsServer } from '../support/dns_server.mjs';
import { tcpServer, udpPhone } from '../support/phones.mjs';
import { freePort } from '../support/ports.mjs';
import { runProgram, soon, startRelay, temporaryDirectory } from '../support/relay.mjs';
import { body, instantMessage, ok, register, status } from '../support/sip.mjs';

const localhost = { 'A server.other.test': ['127.0.0.1'] };

/** A phone that is registered at a relay's UDP port. */
async function phoneAt(t, relay, user, domain) {
  const phone = await udpPhone(t, relay.ports.udp);
  const address = `<sip:${user}@${domain}>`;
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}`, uri: `sip:${domain}`, To: address, From: `${address};tag=1` };
  phone.send(register(user, `sip:${user}@127.0.0.1:${phone.port}`, over));
  assert.equal(status(await phone.message()), 200);
  return phone;
}

/** The relay of example.test with alice, which knows the DNS, and that of other.test with bob. */
async function twoDomains(t, zoneFor, { args = [], otherArgs = [], times } = {}) {
  const other = await startRelay(t, ['--domain', 'other.test', '--udp', '127.0.0.1:0', '--tcp', '127.0.0.1:0', ...otherArgs]);
  const zone = { ...localhost };
  const dns = await dnsServer(t, zone, times);
  const relay = await startRelay(t, ['--udp', '127.0.0.1:0', ...dns.option, ...args]);
  Object.assign(zone, await zoneFor(other.ports, relay.ports, other.log));
  const alice = await phoneAt(t, relay, 'alice', 'example.test');
  const bob = await phoneAt(t, other, 'bob', 'other.test');
  const write = (text, uri = 'sip:bob@other.test') => {
    const over = { transport: 'UDP', sentBy: `127.0.0.1:${alice.port}`, To: `<${uri}>` };
    alice.send(instantMessage('alice', 'bob', text, { ...over, uri }));
  };
  /** The message as bob has it, once alice has his 200. */
  const deliver = async (text, uri) => {
    write(text, uri);
    const received = await bob.message('the message');
    assert.equal(body(received), text);
    bob.send(ok(received));
    assert.equal(status(await alice.message('the answer')), 200);
    return received;
  };
  return { relay, other, dns, zone, alice, bob, write, deliver };
}

const secondVia = (message) => [...message.matchAll(/^Via: SIP\/2\.0\/(\S+)/gm)][1][1];

/** The certificate of other.test, and what makes the relay of example.test believe it. */
function identity(names) {
  const { certificate, key } = makeCertificate(temporaryDirectory(), 'other.test', names);
  const otherArgs = ['--tls', '127.0.0.1:0', '--certificate', certificate, '--private-key', key];
  return { args: ['--trusted-authorities', certificate], otherArgs };
}
const byTls = ({ tls }) => ({ 'NAPTR other.test': [[10, 1, 's', 'SIPS+D2T', '', '_sips._tcp.other.test']], 'SRV _sips._tcp.other.test': [[1, 1, tls, 'server.other.test']] });

test('a message finds another domain by NAPTR, SRV and A, and the next one asks nobody', async (t) => {
  const { dns, deliver } = await twoDomains(t, ({ udp }) => ({
    'NAPTR other.test': [[20, 1, 's', 'SIP+D2T', '', '_sip._tcp.other.test'], [10, 1, 's', 'SIP+D2U', '', '_sip._udp.other.test']],
    'SRV _sip._udp.other.test': [[1, 1, udp, 'server.other.test']],
  }));
  const received = await deliver('by UDP');
  assert.equal(secondVia(received), 'UDP');
  const expected = ['NAPTR other.test', 'SRV _sip._udp.other.test', 'A server.other.test', 'AAAA server.other.test'];
  assert.deepEqual(dns.asked, expected);
  await deliver('by UDP again');
  assert.deepEqual(dns.asked, expected);
});

test('two domains write to each other over TCP, one found by SRV without NAPTR, the other by a route', async (t) => {
  const port = await freePort();
  const { alice, bob, deliver } = await twoDomains(t, ({ tcp }) => ({ 'SRV _sip._tcp.other.test': [[1, 1, tcp, 'server.other.test']] }), {
    args: ['--tcp', `127.0.0.1:${port}`],
    otherArgs: ['--route', `example.test=tcp:127.0.0.1:${port}`],
  });
  assert.equal(secondVia(await deliver('by TCP')), 'TCP');
  const back = { transport: 'UDP', sentBy: `127.0.0.1:${bob.port}`, uri: 'sip:alice@example.test', To: '<sip:alice@example.test>', From: '<sip:bob@other.test>;tag=2' };
  bob.send(instantMessage('bob', 'alice', 'and back', back));
  const received = await alice.message('the way back');
  assert.equal(body(received), 'and back');
  alice.send(ok(received));
  assert.equal(status(await bob.message('the answer')), 200);
});

for (const transport of ['udp', 'tcp'])
  test(`a domain that has IPv6 alone is written to there, over ${transport.toUpperCase()}`, async (t) => {
    // The last one is that of the phones.
    const both = [`--${transport}`, '[::1]:0', `--${transport}`, '127.0.0.1:0'];
    const zone = (ports, own, log) => ({
      [`SRV _sip._${transport}.other.test`]: [[1, 1, Number(new RegExp(`listening ${transport} \\[::1\\]:(\\d+)`).exec(log)[1]), 'six.other.test']],
      'AAAA six.other.test': [[0, 0, 0, 0, 0, 0, 0, 1]],
    });
    const { deliver } = await twoDomains(t, zone, { args: both, otherArgs: both });
    const received = await deliver('by IPv6');
    assert.match(received, new RegExp(`^Via: SIP/2\\.0/${transport.toUpperCase()} \\[::1\\]:\\d+;`, 'm'));
  });

test('over TLS the other domain shows who it is, and one connection serves all messages', async (t) => {
  const { other, alice, write, deliver } = await twoDomains(t, byTls, identity('URI:sip:other.test'));
  assert.equal(secondVia(await deliver('by TLS')), 'TLS');
  // RFC 3261 16.6 step 7: by SIPS to a phone over UDP is no way.
  write('by SIPS', 'sips:bob@other.test');
  assert.equal(status(await alice.message('the answer')), 480);
  assert.equal(secondVia(await deliver('by TLS again')), 'TLS');
  await other.says(/opened: tls/);
  assert.equal(other.log.match(/opened: tls/g).length, 1);
});

test('a certificate of somebody else, by wildcard, or of nobody known, is no way to a domain (RFC 5922 7.2, 7.3)', async (t) => {
  for (const names of ['DNS:elsewhere.test', 'DNS:*.test', 'URI:sip:elsewhere.test,DNS:other.test', 'IP:127.0.0.1']) {
    const { relay, alice, write } = await twoDomains(t, byTls, identity(names));
    write('for bob alone');
    assert.equal(status(await alice.message('the answer')), 500, names);
    await relay.says(/no TLS with tls 127\.0\.0\.1:\d+ for other\.test: /);
  }
  const { otherArgs } = identity('DNS:other.test');
  const { alice, write } = await twoDomains(t, byTls, { otherArgs });
  write('for bob alone');
  assert.equal(status(await alice.message('the answer')), 500);
});

test('a DNS name, and a common name where there is no other, are good enough (RFC 5922 7.1)', async (t) => {
  for (const names of ['DNS:Other.Test', '']) {
    const { deliver } = await twoDomains(t, byTls, identity(names));
    assert.equal(secondVia(await deliver('by TLS')), 'TLS');
  }
});

test('a dead server leads to the next, which is then the first', async (t) => {
  const dead = await freePort();
  const { relay, dns, deliver } = await twoDomains(t, ({ tcp }) => ({
    'SRV _sip._tcp.other.test': [[1, 1, dead, 'server.other.test'], [2, 1, tcp, 'server.other.test']],
  }));
  await deliver('around');
  await deliver('around again');
  await relay.says(/cannot connect to/);
  assert.equal(relay.log.match(/cannot connect to/g).length, 1);
  assert.equal(dns.asked.length, 5);
});

test('a server that answers 503 leads to the next', async (t) => {
  const busy = await tcpServer(t);
  const { deliver } = await twoDomains(t, ({ tcp }) => ({
    'SRV _sip._tcp.other.test': [[1, 1, busy.port, 'server.other.test'], [2, 1, tcp, 'server.other.test']],
  }));
  const delivered = deliver('around');
  const connection = await busy.connection();
  connection.send(ok(await connection.message()).replace('200 OK', '503 Service Unavailable'));
  await delivered;
});

test('a server that ends its connection in mid-request leads to the next at once', async (t) => {
  const dying = await tcpServer(t);
  const { deliver } = await twoDomains(t, ({ tcp }) => ({
    'SRV _sip._tcp.other.test': [[1, 1, dying.port, 'server.other.test'], [2, 1, tcp, 'server.other.test']],
  }));
  const delivered = deliver('around');
  const connection = await dying.connection();
  await connection.message();
  connection.close();
  await delivered;
});

test('the only server that ends its connection in mid-request is a 500 at once; its last answer counts', async (t) => {
  const only = await tcpServer(t);
  const { relay, alice, write } = await twoDomains(t, () => ({ 'SRV _sip._tcp.other.test': [[1, 1, only.port, 'server.other.test']] }));
  write('the first');
  const first = await only.connection();
  await first.message();
  first.close();
  assert.equal(status(await alice.message('the answer')), 500);
  write('the second');
  const second = await only.connection();
  const request = await second.message();
  const start = relay.log.length;
  second.socket.end(ok(request));
  assert.equal(status(await alice.message('the answer')), 200);
  // What is written until then is under way on this connection, and fails with it.
  await relay.says(/ closed$/m, start);
  write('the third');
  const third = await only.connection();
  third.send(ok(await third.message()));
  assert.equal(status(await alice.message('the answer')), 200);
});

/** A server over UDP that answers whatever comes with this status. */
async function answering(t, statusLine) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.on('message', (data, { port }) => socket.send(ok(data.toString()).replace('200 OK', statusLine), port, '127.0.0.1'));
  socket.bind(0, '127.0.0.1');
  await soon(once(socket, 'listening'), 'a UDP port');
  return socket.address().port;
}

test('of servers of one priority that of all the weight is asked first, one of none hardly ever, a later priority never (RFC 2782)', async (t) => {
  const [light, heavy, later] = [await answering(t, '200 Light'), await answering(t, '200 Heavy'), await answering(t, '200 Later')];
  const records = [[2, 65535, later, 'server.other.test'], [1, 0, light, 'server.other.test'], [1, 65535, heavy, 'server.other.test']];
  const domains = Array.from({ length: 20 }, (_, i) => `number${i}.test`);
  const zone = Object.fromEntries(domains.map((domain, i) => [`SRV _sip._udp.${domain}`, i % 2 ? records : [...records].reverse()]));
  const dns = await dnsServer(t, { ...localhost, ...zone });
  const relay = await startRelay(t, ['--udp', '127.0.0.1:0', ...dns.option]);
  const alice = await udpPhone(t, relay.ports.udp);
  const answers = [];
  for (const domain of domains) {
    const uri = `sip:bob@${domain}`;
    alice.send(instantMessage('alice', 'bob', 'hello', { transport: 'UDP', sentBy: `127.0.0.1:${alice.port}`, uri, To: `<${uri}>` }));
    answers.push((await alice.message('the answer')).split('\r\n', 1)[0]);
  }
  // Weight 0 leaves 1 in 65,536 (2782, "running sum"): that it comes three times in 20 is as likely as 4 in 10^12.
  assert.ok(answers.filter((each) => each === 'SIP/2.0 200 Heavy').length >= 18, `${answers}`);
  assert.ok(!answers.includes('SIP/2.0 200 Later'), `${answers}`);
});

test('an answer that has no room in a datagram comes over TCP', async (t) => {
  const { dns, deliver } = await twoDomains(t, ({ udp }) => ({
    'SRV _sip._udp.other.test': { large: Array.from({ length: 60 }, (_, i) => [1 + i, 1, udp, i ? `spare${i}.other.test` : 'server.other.test']) },
  }));
  await deliver('the long way');
  assert.ok(dns.asked.includes('SRV _sip._udp.other.test over TCP'));
});

test('a domain that does not exist is 404, one that the DNS does not tell of 500, at once', async (t) => {
  const { alice, write } = await twoDomains(t, () => ({ 'NAPTR refused.test': 'refused' }));
  write('to nobody', 'sip:bob@nowhere.test');
  assert.equal(status(await alice.message('the answer')), 404);
  write('to nobody', 'sip:bob@refused.test');
  const answer = await alice.message('the answer');
  assert.equal(status(answer), 500);
  assert.match(answer, /^Retry-After: 5\r$/m);
});

/** Writes again and again until it is answered otherwise than before, and gives how. */
async function answeredOtherwise(answer, before) {
  let isOver = false;
  const look = async () => {
    for (;;) {
      const next = await answer();
      if (next !== before || isOver) return next;
    }
  };
  return soon(look(), `another answer than ${before}`).finally(() => (isOver = true));
}

test('what the DNS says is believed for as long as it says: a domain that moves is found where it is now', async (t) => {
  for (const ttl of [60, 1]) {
    const nobody = await freePort();
    const at = (port) => [[1, 1, port, 'server.other.test']];
    const { other, dns, zone, alice, write } = await twoDomains(t, () => ({ 'SRV _sip._tcp.other.test': at(nobody) }), { times: { ttl } });
    const answer = async () => {
      write('to nobody', 'sip:nobody@other.test');
      return status(await alice.message('the answer'));
    };
    assert.equal(await answer(), 500);
    const asked = [...dns.asked];
    assert.ok(asked.includes('SRV _sip._tcp.other.test'));
    zone['SRV _sip._tcp.other.test'] = at(other.ports.tcp);
    if (ttl === 60) {
      assert.equal(await answer(), 500);
      assert.deepEqual(dns.asked, asked);
    } else {
      assert.equal(await answeredOtherwise(answer, 500), 480);
    }
  }
});

test('that there is no such domain is believed for as long as the DNS says, and nobody asked meanwhile (RFC 2308)', async (t) => {
  for (const negativeTtl of [30, 1]) {
    const { other, dns, zone, alice, write } = await twoDomains(t, () => ({}), { times: { negativeTtl } });
    const answer = async () => {
      write('to somebody', 'sip:somebody@late.test');
      return status(await alice.message('the answer'));
    };
    assert.equal(await answer(), 404);
    const asked = [...dns.asked];
    assert.ok(asked.includes('SRV _sip._tcp.late.test'));
    zone['SRV _sip._tcp.late.test'] = [[1, 1, other.ports.tcp, 'server.other.test']];
    if (negativeTtl === 30) {
      assert.equal(await answer(), 404);
      assert.deepEqual(dns.asked, asked);
    } else {
      // The relay there is of another domain.
      assert.equal(await answeredOtherwise(answer, 404), 403);
    }
  }
});

test('a name server that says nothing is given up, and others are found meanwhile', async (t) => {
  const { relay, dns, deliver } = await twoDomains(t, ({ udp }) => ({
    'NAPTR silent.test': 'silence',
    'SRV _sip._udp.other.test': [[1, 1, udp, 'server.other.test']],
  }));
  const carol = await phoneAt(t, relay, 'carol', 'example.test');
  const [uri, sentBy] = ['sip:bob@silent.test', `127.0.0.1:${carol.port}`];
  carol.send(instantMessage('carol', 'bob', 'to nobody', { transport: 'UDP', sentBy, uri, To: `<${uri}>` }));
  await deliver('meanwhile');
  assert.equal(status(await carol.message('the answer')), 500);
  assert.ok(dns.asked.filter((each) => each === 'NAPTR silent.test').length > 1);
});

test('a route goes before the DNS, over TLS to the domain that it is for', async (t) => {
  const { args, otherArgs } = identity('DNS:other.test');
  const port = await freePort();
  otherArgs[1] = `127.0.0.1:${port}`;
  const { dns, deliver } = await twoDomains(t, () => ({}), { args: [...args, '--route', `other.test=tls:127.0.0.1:${port}`], otherArgs });
  assert.equal(secondVia(await deliver('by route')), 'TLS');
  assert.deepEqual(dns.asked, []);
});

test('authorities that cannot be read keep the relay from starting', async (t) => {
  const args = ['--udp', '127.0.0.1:0', '--data', ':memory:', '--trusted-authorities', '/nowhere.pem'];
  const { code, stderr } = await runProgram(t, args);
  assert.equal(code, 1);
  assert.match(stderr, /^sipmsg-relay: trusted-authorities: cannot use "\/nowhere\.pem": .*\n$/);
});
