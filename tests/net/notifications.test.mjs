// What senders are told of messages that are stored (RFC 5438 8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn, takeAll } from '../support/mail.mjs';
import { asking, isNotification } from '../support/notifications.mjs';
import { tcpPhone, tcpServer } from '../support/phones.mjs';
import { passwordOf, startWithUsers } from '../support/relay.mjs';
import { authorization, instantMessage, ok, request, status } from '../support/sip.mjs';

const toBob = 'sip:bob@example.test';

test('a user who asks for it is told that a message is stored, and who does not is not', async (t) => {
  const relay = await startWithUsers(t, ['alice', 'bob']);
  const alice = await signIn(t, relay.ports.ws, 'alice');
  const wishes = { one: 'positive-delivery, processing', two: 'positive-delivery, negative-delivery', three: 'processing' };
  for (const [text, wanted] of Object.entries(wishes)) {
    const { body, ...fields } = asking('alice@example.test', 'bob@example.test', text, wanted);
    alice.send(instantMessage('alice', 'bob', body, fields));
    const proof = authorization(await alice.message(), 'SHA-256', 'alice', passwordOf('alice'), 'MESSAGE', toBob);
    alice.send(instantMessage('alice', 'bob', body, { ...fields, CSeq: '2 MESSAGE', ...proof }));
    assert.equal(status(await alice.message()), 202);
    if (text === 'two') continue;
    const told = await alice.message();
    isNotification(told, text, 'stored');
    alice.send(ok(told));
  }
  assert.equal((await takeAll(await signIn(t, relay.ports.ws, 'bob'), 3)).length, 3);
});

test('whom a trusted server answers for is told by the server of their domain, though the relay dies before that has answered', async (t) => {
  const server = await tcpServer(t);
  const args = ['--trusted', '127.0.0.1', '--route', `friendly.example=tcp:127.0.0.1:${server.port}`, '--drain-seconds', '1'];
  const relay = await startWithUsers(t, ['bob'], { args });
  const writes = async (phone, text) => {
    const { body, ...fields } = asking('carol@friendly.example', 'bob@example.test', text, 'processing');
    phone.send(instantMessage('carol', 'bob', body, { transport: 'TCP', From: '<sip:carol@friendly.example>;tag=1', ...fields }));
    assert.equal(status(await phone.message()), 202);
  };
  const isTold = (received, text) => {
    assert.match(received, /^MESSAGE sip:carol@friendly\.example SIP\/2\.0\r\n/);
    isNotification(received, text, 'stored');
  };
  await writes(await tcpPhone(t, relay.ports.tcp), 'one');
  isTold(await (await server.connection()).message('the notification'), 'one');
  await relay.kill();

  const again = await startWithUsers(t, [], { data: relay.data, args });
  const connection = await server.connection();
  const carol = await tcpPhone(t, again.ports.tcp);
  for (const text of ['one', 'two']) {
    if (text === 'two') await writes(carol, text);
    const told = await connection.message('the notification');
    isTold(told, text);
    connection.send(ok(told));
  }
  // By then the last 200 has been dealt with.
  connection.send(request('OPTIONS', { transport: 'TCP', from: 'carol', to: 'relay' }));
  assert.equal(status(await connection.message()), 200);
  assert.equal((await takeAll(await signIn(t, again.ports.ws, 'bob'), 2)).length, 2);
  await again.end();

  const last = await startWithUsers(t, [], { data: relay.data, args });
  await writes(await tcpPhone(t, last.ports.tcp), 'three');
  isTold(await (await server.connection()).message('the next, and nothing before it'), 'three');
});
