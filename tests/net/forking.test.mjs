import assert from 'node:assert/strict';
import { test } from 'node:test';
import { udpPhone } from '../support/phones.mjs';
import { startRelay } from '../support/relay.mjs';
import { ok, register, request, status } from '../support/sip.mjs';

const value = (text, name) => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(text)[1];

async function phoneOf(t, port, user, how) {
  const phone = await udpPhone(t, port, how);
  const over = { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` };
  const contact = `sip:${user}@127.0.0.1:${phone.port}`;
  phone.send(register(user, contact, over));
  assert.equal(status(await phone.message()), 200);
  return { ...phone, over, contact };
}

/** What comes next but for what says that it is under way. */
async function next(phone, what) {
  const text = await phone.message(what);
  return status(text) === 100 ? next(phone, what) : text;
}

test('two phones that both take a call are both heard by the caller, who ends neither by the other\'s ACK (RFC 6026)', async (t) => {
  const { ports } = await startRelay(t, ['--drain-seconds', '1']); // a call that was just answered is waited for
  const alice = await phoneOf(t, ports.udp, 'alice', { hearsRepeats: true });
  const phones = [await phoneOf(t, ports.udp, 'bob'), await phoneOf(t, ports.udp, 'bob')];
  const invite = { uri: 'sip:bob@example.test', from: 'alice', to: 'bob', Contact: `<${alice.contact}>` };
  alice.send(request('INVITE', { ...alice.over, ...invite }));
  const rung = [await next(phones[0], 'the INVITE'), await next(phones[1], 'the INVITE')];
  const answers = rung.map((invite, i) => ok(invite).replace('\r\n\r\n', `\r\nContact: <${phones[i].contact}>\r\nRecord-Route: ${value(invite, 'Record-Route')}\r\n\r\n`));
  for (const i of [0, 1]) {
    phones[i].send(answers[i].replace('200 OK', '180 Ringing'));
    assert.equal(status(await next(alice, 'a 180')), 180);
  }
  const heard = [];
  for (const i of [0, 1]) {
    phones[i].send(answers[i]);
    heard.push(await next(alice, 'a 200'));
    assert.equal(status(heard[i]), 200);
    assert.equal(value(heard[i], 'To'), value(answers[i], 'To'));
  }
  assert.notEqual(value(heard[0], 'To'), value(heard[1], 'To'));
  const cancel = await phones[1].message('the CANCEL that its 200 has met');
  assert.match(cancel, /^CANCEL /);
  phones[1].send(ok(cancel));
  phones[0].send(answers[0]);
  assert.equal(await next(alice, 'the 200 again'), heard[0]);
  for (const i of [1, 0]) {
    const dialog = { From: value(heard[i], 'From'), To: value(heard[i], 'To'), 'Call-ID': value(heard[i], 'Call-ID') };
    const Route = value(heard[i], 'Record-Route').split(',').reverse().join(',');
    alice.send(request('ACK', { ...alice.over, uri: phones[i].contact, ...dialog, CSeq: '1 ACK', Route }));
    const ack = await phones[i].message('the ACK');
    assert.match(ack, /^ACK /);
    assert.equal(value(ack, 'To'), value(heard[i], 'To'));
  }
});
