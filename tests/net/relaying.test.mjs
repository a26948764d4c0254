import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from '../support/mail.mjs';
import { tcpPhone, tcpServer, udpPhone } from '../support/phones.mjs';
import { passwordOf, startWithUsers } from '../support/relay.mjs';
import { authorization, body, instantMessage, ok, register, request, status } from '../support/sip.mjs';
import { downTo, startEdge } from '../support/upstream.mjs';
import { WebSocketClient } from '../support/web_socket.mjs';

const firstLine = (text) => text.split('\r\n', 1)[0];

const elsewhere = (method, body, extra = {}) => request(method, { uri: 'sip:dave@friendly.example', from: 'alice', to: 'dave', To: '<sip:dave@friendly.example>', body, ...extra });

const methods = ['MESSAGE', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'REFER', 'PUBLISH'];

/** What is answered to a request that has to be refused; of an INVITE the refusal is acknowledged. */
async function refusal(end, sent) {
  end.send(sent);
  const answer = await end.message();
  if (sent.startsWith('INVITE ')) end.send(sent.replaceAll('INVITE', 'ACK'));
  return answer;
}

/** Gives the body of what comes next, which is answered. */
async function take(end) {
  const received = await end.message();
  end.send(ok(received));
  return body(received);
}

/** A user's request with a proof of `user`, once the relay has asked for one; gives the answer. */
async function signed(client, user, method, uri, request) {
  client.send(request({}));
  const proof = authorization(await client.message(), 'SHA-256', user, passwordOf(user), method, uri);
  client.send(request({ CSeq: `2 ${method}`, ...proof }));
  return client.message();
}

test('strangers are relayed nowhere, neither by Request-URI nor by Route, over no transport, by no method', async (t) => {
  const server = await tcpServer(t);
  const { ports } = await startWithUsers(t, ['alice', 'bob'], { args: ['--route', `friendly.example=tcp:127.0.0.1:${server.port}`] });
  const [alice, bob] = [await signIn(t, ports.ws, 'alice'), await signIn(t, ports.ws, 'bob')];
  const strangers = { WS: await WebSocketClient.open(t, ports.ws), TCP: await tcpPhone(t, ports.tcp), UDP: await udpPhone(t, ports.udp) };
  const [here, there] = [`<sip:127.0.0.1:${ports.tcp};transport=tcp;lr>`, `<sip:127.0.0.1:${server.port};transport=tcp;lr>`];
  for (const [transport, stranger] of Object.entries(strangers)) {
    const asStranger = { transport, From: '<sip:carol@example.net>;tag=1', ...(transport === 'UDP' && { sentBy: `127.0.0.1:${stranger.port}` }) };
    const ways = [
      {},
      { uri: `sip:dave@127.0.0.1:${server.port};transport=tcp` },
      { Route: here },
      { Route: there },
      { Route: '<sip:friendly.example;lr>' },
      { Route: `${here}, ${there}` },
    ];
    for (const way of ways) {
      stranger.send(elsewhere('ACK', 'by a stranger', { ...asStranger, ...way })); // which nobody answers: what the server gets first tells
      for (const method of methods) {
        const answer = await refusal(stranger, elsewhere(method, 'by a stranger', { ...asStranger, ...way }));
        assert.equal(firstLine(answer), 'SIP/2.0 403 Relaying Denied', `${transport} ${method} ${JSON.stringify(way)}`);
      }
    }
    // What is for a user goes to the user, whatever the Route says.
    for (const Route of [there, `${here}, ${there}`]) {
      stranger.send(instantMessage('carol', 'bob', 'for bob', { ...asStranger, Route }));
      assert.equal(await take(bob), 'for bob');
      assert.equal(status(await stranger.message()), 200);
    }
  }
  const answer = signed(alice, 'alice', 'MESSAGE', 'sip:dave@friendly.example', (proof) => elsewhere('MESSAGE', 'by a user', proof));
  assert.equal(await take(await server.connection()), 'by a user');
  assert.equal(status(await answer), 200);
});

test("nobody begins anything in a user's name without the password, with another user or elsewhere, by any method", async (t) => {
  const { ports } = await startWithUsers(t, ['alice', 'bob']);
  const bob = await signIn(t, ports.ws, 'bob');
  const ends = { WS: await WebSocketClient.open(t, ports.ws), TCP: await tcpPhone(t, ports.tcp), UDP: await udpPhone(t, ports.udp) };
  for (const [transport, end] of Object.entries(ends)) {
    const over = { transport, ...(transport === 'UDP' && { sentBy: `127.0.0.1:${end.port}` }) };
    for (const method of methods)
      for (const user of ['bob@example.test', 'nobody@example.test', 'dave@friendly.example']) {
        const answer = await refusal(end, request(method, { ...over, uri: `sip:${user}`, from: 'alice', to: 'bob' }));
        assert.match(answer, /^SIP\/2\.0 407 [^]*^Proxy-Authenticate: Digest /m, `${transport} ${method} ${user}`);
      }
    end.send(request('ACK', { ...over, uri: 'sip:bob@example.test', from: 'alice', to: 'bob' }));
    end.send(instantMessage('carol', 'bob', 'the first', { ...over, From: '<sip:carol@example.net>;tag=1' }));
    assert.equal(await take(bob), 'the first');
    assert.equal(status(await end.message()), 200);
  }
});

test("one user's password is good for no message and no contact in another's name", async (t) => {
  const { ports } = await startWithUsers(t, ['alice', 'bob', 'carol']);
  const [alice, bob, carol] = [await signIn(t, ports.ws, 'alice'), await signIn(t, ports.ws, 'bob'), await signIn(t, ports.ws, 'carol')];
  const asBob = (text) => (proof) => instantMessage('bob', 'carol', text, proof);
  const toCarol = ['MESSAGE', 'sip:carol@example.test'];
  assert.equal(status(await signed(alice, 'alice', ...toCarol, asBob('by alice'))), 403);
  const contact = 'sip:alice@client.invalid;transport=ws';
  assert.equal(status(await signed(alice, 'alice', 'REGISTER', 'sip:example.test', (proof) => register('bob', contact, proof))), 403);
  const answer = signed(bob, 'bob', ...toCarol, asBob('by bob'));
  assert.equal(await take(carol), 'by bob');
  assert.equal(status(await answer), 200);
  const back = signed(carol, 'carol', 'MESSAGE', 'sip:bob@example.test', (proof) => instantMessage('carol', 'bob', 'for bob', proof));
  assert.equal(await take(bob), 'for bob');
  assert.equal(status(await back), 200);
});

test('a proof serves once: who has seen it sends nothing by it, while its nonce goes on to serve who can count it up', async (t) => {
  const { ports } = await startWithUsers(t, ['alice', 'bob']);
  const bob = await signIn(t, ports.ws, 'bob');
  const alice = { WS: await WebSocketClient.open(t, ports.ws), TCP: await tcpPhone(t, ports.tcp), UDP: await udpPhone(t, ports.udp) };
  const mallory = { WS: await WebSocketClient.open(t, ports.ws), TCP: await tcpPhone(t, ports.tcp), UDP: await udpPhone(t, ports.udp) };
  for (const transport of ['WS', 'TCP', 'UDP']) {
    const over = ({ port }) => ({ transport, ...(transport === 'UDP' && { sentBy: `127.0.0.1:${port}` }) });
    const write = (who, text, extra) => who[transport].send(instantMessage('alice', 'bob', text, { ...over(who[transport]), ...extra }));
    write(alice, 'asks for a nonce');
    const challenge = await alice[transport].message();
    const proof = (count) => authorization(challenge, transport === 'WS' ? 'SHA-256' : 'MD5', 'alice', passwordOf('alice'), 'MESSAGE', 'sip:bob@example.test', count);
    for (const count of [1, 2]) {
      write(alice, `number ${count}`, proof(count));
      assert.equal(await take(bob), `number ${count}`);
      assert.equal(status(await alice[transport].message()), 200);
      for (const who of [mallory, alice]) {
        write(who, 'a replay', proof(count));
        const refusal = await who[transport].message();
        assert.equal(status(refusal), 407);
        assert.match(refusal, /^Proxy-Authenticate: Digest [^\r]*\bstale=true/m);
      }
      // Counted up by whoever does not know the password.
      write(mallory, 'a guess', Object.fromEntries(Object.entries(proof(count)).map(([name, value]) => [name, value.replace(/nc=\d+/, 'nc=00000009')])));
      assert.equal(status(await mallory[transport].message()), 407);
    }
  }
});

test('down a flow leads the Path that was given out for it, and none that anybody has made up or changed', async (t) => {
  const { relay, alice, upstream, path, token } = await startEdge(t);
  const stranger = await tcpPhone(t, relay.ports.tcp);
  const changed = [...token].map((letter, at) => token.slice(0, at) + (letter === '0' ? '1' : '0') + token.slice(at + 1)).slice('flow-'.length);
  const madeUp = [token.slice(0, -1), `${token}0`, `flow-${'0'.repeat(token.length - 'flow-'.length)}`];
  for (const [who, end] of Object.entries({ upstream, stranger })) {
    for (const forged of [...changed, ...madeUp]) {
      end.send(downTo('by a forged path', path.replace(token, forged)));
      assert.match(firstLine(await end.message()), /^SIP\/2\.0 403 (Not Our Path|Relaying Denied)$/, `${who} ${forged}`);
    }
  }
  upstream.send(downTo('by the path', path));
  assert.equal(await take(alice), 'by the path');
  assert.equal(status(await upstream.message()), 200);
});
