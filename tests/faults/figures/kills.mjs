// The relay is killed at random instants under load. Nothing that was answered 2xx may be lost; of what comes twice our clients show one.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { forEveryone, signIn } from '../../support/mail.mjs';
import { startWithUsers } from '../../support/relay.mjs';
import { body, instantMessage, ok, status } from '../../support/sip.mjs';
import { WebSocketClient } from '../../support/web_socket.mjs';

const window = 30;
const quiet = ['--log-level', 'info', '--limit-messages', '1000000', ...forEveryone];
const callId = (text) => /^call-id: *(\S+)/im.exec(text)[1];

/** Whoever writes to alice and bob in turns, and what was promised: statuses by Call-ID. */
class Sender {
  promised = new Map();
  #written = 0;

  async writes(t, port) {
    const client = await WebSocketClient.open(t, port);
    const write = () => {
      const to = ++this.#written % 2 ? 'alice' : 'bob';
      client.send(instantMessage('carol', to, String(this.#written), { From: '<sip:carol@example.net>;tag=1', 'Call-ID': `number-${this.#written}` }));
    };
    for (let i = 0; i < window; ++i) write();
    for (;;) {
      const { kind, text } = await client.next('an answer');
      if (kind === 'end') return;
      if (status(text) < 200) continue;
      if (status(text) < 300) this.promised.set(callId(text), status(text));
      write();
    }
  }
}

/** Whoever reads: knows repeats by the Call-ID, as our clients do, through all of the relay's lives. */
class Reader {
  shown = [];
  repeats = 0;
  #seen = new Set();

  async reads(client, isEnough = () => false) {
    while (!isEnough()) {
      const { kind, text } = await client.next('a message');
      if (kind === 'end') return;
      if (!text.startsWith('MESSAGE ')) continue;
      client.send(ok(text));
      if (this.#seen.has(callId(text))) ++this.repeats;
      else this.shown.push(Number(body(text)));
      this.#seen.add(callId(text));
    }
  }
  has = (id) => this.#seen.has(id);
}

export async function kills(t, [count = '50']) {
  const [sender, alice, bob] = [new Sender(), new Reader(), new Reader()];
  let relay = await startWithUsers(t, ['alice', 'bob'], { args: quiet });
  for (let life = 0; life < Number(count); ++life) {
    // Alice is there from the beginning and gets hers at once; bob is not, or comes while more is written and gets what waits.
    const after = randomInt(5, 400);
    const work = [alice.reads(await signIn(t, relay.ports.ws, 'alice')), sender.writes(t, relay.ports.ws)];
    if (life % 2) work.push(pause(randomInt(after)).then(() => signIn(t, relay.ports.ws, 'bob')).then((client) => bob.reads(client)).catch(() => {}));
    await pause(after);
    await relay.kill();
    await Promise.all(work);
    relay = await startWithUsers(t, [], { data: relay.data, args: quiet });
  }
  const missing = () => [...sender.promised.keys()].filter((id) => !alice.has(id) && !bob.has(id));
  const waiting = missing().length;
  const isEnough = () => missing().length === 0;
  if (!isEnough()) await Promise.race([bob.reads(await signIn(t, relay.ports.ws, 'bob'), isEnough), alice.reads(await signIn(t, relay.ports.ws, 'alice'), isEnough)]);
  const codes = [...sender.promised.values()];
  const count200 = codes.filter((code) => code === 200).length;
  const shown = [...alice.shown, ...bob.shown];
  assert.deepEqual(missing(), [], 'what was answered 2xx is lost');
  assert.equal(new Set(shown).size, shown.length, 'something was shown twice');
  for (const { shown: inOrder } of [alice, bob]) assert.deepEqual(inOrder, [...inOrder].sort((a, b) => a - b), 'something was shown out of order');
  console.log(`killed ${count} times: ${codes.length} messages answered 2xx (${count200} by 200, ${codes.length - count200} by 202), ${waiting} of them on the disk after the last time;`);
  console.log(`  lost: 0, shown twice: 0, out of order: 0 (delivered again, and known as repeats: ${alice.repeats + bob.repeats})`);
}
