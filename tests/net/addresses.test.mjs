import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { tcpPhone, tlsPhone, udpPhone } from '../support/phones.mjs';
import { freePort } from '../support/ports.mjs';
import { startRelay, temporaryDirectory } from '../support/relay.mjs';
import { converse, instantMessage, register, request, status } from '../support/sip.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const hosts = ['127.0.0.1', '::1'];
const uriHost = (host) => (host.includes(':') ? `[${host}]` : host);

/** How a phone or browser reaches the relay's listener at a host. */
const open = {
  udp: (t, port, host) => udpPhone(t, port, { host }),
  tcp: (t, port, host) => tcpPhone(t, port, { host }),
  tls: (t, port, host, ca) => tlsPhone(t, port, { host, ca }),
  ws: (t, port, host) => WebSocketClient.open(t, port, { host }),
  wss: (t, port, host, ca) => WebSocketClient.open(t, port, { host, tls: { ca } }),
};

test('over every transport phones and browsers at IPv4 and at IPv6 write to each other, each by its own listener', async (t) => {
  const { certificate, key, ca } = makeCertificate(temporaryDirectory(), 'relay', 'IP:127.0.0.1,IP:::1');
  const protocols = Object.keys(open);
  const listeners = protocols.flatMap((protocol) => hosts.flatMap((host) => [`--${protocol}`, `${uriHost(host)}:0`]));
  const relay = await startRelay(t, [...listeners, '--certificate', certificate, '--private-key', key]);
  const ends = [];
  for (const protocol of protocols)
    for (const host of hosts) {
      const port = relay.portAt(protocol, uriHost(host));
      const client = await open[protocol](t, port, host, ca);
      const transport = protocol.toUpperCase();
      const place = client.port ? `${uriHost(host)}:${client.port}` : `${protocol}.invalid`;
      const user = `${protocol}${ends.length}`;
      client.send(register(user, `sip:${user}@${place};transport=${protocol}`, { transport, sentBy: place }));
      assert.equal(status(await client.message(`the answer to ${user}`)), 200);
      ends.push({ user, client, over: { transport, sentBy: place }, via: `Via: SIP/2.0/${transport} ${uriHost(host)}:${port};` });
    }
  for (const from of ends)
    for (const to of ends) {
      const received = await converse(from.client, to.client, instantMessage(from.user, to.user, 'hello', from.over), 'hello');
      assert.equal(received.split('\r\n')[1].slice(0, to.via.length), to.via);
    }
});

test('every IPv4 address and every IPv6 address are listened on at one port', async (t) => {
  const [port, pagePort] = [await freePort(), await freePort()];
  const listeners = (every) => ['--udp', `${every}:${port}`, '--tcp', `${every}:${port}`, '--ws', `${every}:${pagePort}`];
  const relay = await startRelay(t, ['0.0.0.0', '[::]'].flatMap(listeners));
  const phones = [];
  for (const host of hosts) {
    const phone = await udpPhone(t, port, { host });
    const [user, place] = [`phone${phones.length}`, `${uriHost(host)}:${phone.port}`];
    const over = { transport: 'UDP', sentBy: place };
    phone.send(register(user, `sip:${user}@${place}`, over));
    assert.equal(status(await phone.message()), 200);
    phones.push({ ...phone, user, over });
    for (const client of [await tcpPhone(t, port, { host }), await WebSocketClient.open(t, pagePort, { host })]) {
      client.send(request('OPTIONS', { transport: client.port ? 'TCP' : 'WS', from: 'alice', to: 'relay' }));
      assert.equal(status(await client.message()), 200);
    }
  }
  for (const [from, to] of [phones, [...phones].reverse()])
    await converse(from, to, instantMessage(from.user, to.user, 'hello', from.over), 'hello');
  assert.match(relay.log, /listening udp 0\.0\.0\.0:\d+[^]*listening udp \[::\]:\d+/);
});

/** Two phones that sign in at other addresses of the machine than the usual one, and write to each other. */
async function converseAt(t, port, hosts) {
  const phones = [];
  for (const [i, relayHost] of hosts.entries()) {
    const phone = await udpPhone(t, port(i), { relayHost });
    const [user, sentBy] = [`phone${i}`, `127.0.0.1:${phone.port}`];
    phone.send(register(user, `sip:${user}@${sentBy}`, { transport: 'UDP', sentBy }));
    assert.equal(status(await phone.message(`the answer from ${relayHost}`)), 200);
    phones.push({ ...phone, user, over: { transport: 'UDP', sentBy } });
  }
  const [one, other] = phones;
  const received = [];
  for (const [from, to] of [[one, other], [other, one]])
    received.push(await converse(from, to, instantMessage(from.user, to.user, 'hello', from.over), 'hello'));
  return received;
}

test('whoever reaches one of every address hears from that address alone (RFC 3581 4)', async (t) => {
  const port = await freePort();
  await startRelay(t, ['--udp', `0.0.0.0:${port}`]);
  await converseAt(t, () => port, ['127.0.0.2', '127.0.0.3']);
});

test('of several listeners at IPv4 a phone hears from its own, which the Via names', async (t) => {
  const listeners = [['127.0.0.1', await freePort()], ['127.0.0.2', await freePort()], ['127.0.0.3', await freePort()]];
  await startRelay(t, listeners.flatMap(([host, port]) => ['--udp', `${host}:${port}`]));
  const [, ...others] = listeners;
  const received = await converseAt(t, (i) => others[i][1], others.map(([host]) => host));
  for (const [i, [host, port]] of others.entries())
    assert.match(received[1 - i], new RegExp(`^Via: SIP/2.0/UDP ${host}:${port};`, 'm'));
});

test('to another domain leaves by the listener whose address is nearest', async (t) => {
  const listeners = [['127.0.0.1', await freePort()], ['127.0.0.2', await freePort()], ['127.64.0.1', await freePort()]];
  const servers = [];
  for (const [i, host] of ['127.0.0.2', '127.64.0.9', '127.0.0.9'].entries()) {
    const [relayHost, relayPort] = listeners[[1, 2, 0][i]];
    servers.push({ host, relayHost, relayPort, ...(await udpPhone(t, relayPort, { host, relayHost })) });
  }
  const routes = servers.flatMap(({ host, port }, i) => ['--route', `server${i}.test=udp:${host}:${port}`]);
  const relay = await startRelay(t, [...listeners.flatMap(([host, port]) => ['--udp', `${host}:${port}`]), ...routes]);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  for (const [i, server] of servers.entries()) {
    const message = instantMessage('alice', 'bob', 'hello', { uri: `sip:bob@server${i}.test` });
    const received = await converse(alice, server, message, 'hello');
    assert.match(received, new RegExp(`^Via: SIP/2.0/UDP ${server.relayHost}:${server.relayPort};`, 'm'));
  }
});

test('a Route to a name or an address of the machine ends at a relay that listens at every one (16.4)', async (t) => {
  const port = await freePort();
  const addresses = Object.values(networkInterfaces()).flat();
  const own = addresses.filter(({ family }) => family === 'IPv4' || family === 4).map(({ address }) => address);
  const server = await udpPhone(t, port);
  const listeners = ['--udp', `0.0.0.0:${port}`, '--name', 'relay.example.test', '--name', 'other.example.test'];
  const relay = await startRelay(t, [...listeners, '--route', `elsewhere.test=udp:127.0.0.1:${server.port}`]);
  const phone = await udpPhone(t, port);
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` };
  phone.send(register('phone', `sip:phone@${over.sentBy}`, { ...over, uri: 'sip:relay.example.test' }));
  assert.equal(status(await phone.message()), 200);
  const alice = await WebSocketClient.open(t, relay.ports.ws);
  for (const host of ['relay.example.test', 'Other.Example.Test', ...own])
    for (const Route of [`<sip:${host};lr>`, `<sip:${host}:${port};lr>`]) {
      const home = await converse(alice, phone, instantMessage('alice', 'phone', 'hello', { Route }), 'hello');
      const away = await converse(alice, server, instantMessage('alice', 'bob', 'hello', { uri: 'sip:bob@elsewhere.test', Route }), 'hello');
      for (const received of [home, away]) {
        assert.doesNotMatch(received, /^Route:/im);
        assert.match(received, new RegExp(`^Via: SIP/2.0/UDP relay\\.example\\.test:${port};`, 'm'));
      }
    }
});
