// A hundred users who are signed in and write to one another, alone and beside a stranger who floods them by several connections from another
// address. The relay asks for passwords, and its limits are those without any configuration.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signIn } from '../../support/mail.mjs';
import { passwordOf, startWithUsers } from '../../support/relay.mjs';
import { authorization, instantMessage, ok, status } from '../../support/sip.mjs';
import { median } from './process.mjs';

const users = 100;
const [perSecond, seconds] = [2, 10];
const program = fileURLToPath(new URL('flooder.mjs', import.meta.url));
const field = (text, name) => new RegExp(`^${name}: *(\\S+)`, 'im').exec(text)[1];

/** One who writes to the next one, twice a second, and takes what comes. */
class User {
  times = [];
  #sent = new Map();
  #challenge;
  #count = 0;

  constructor(client, number) {
    this.client = client;
    [this.name, this.to] = [`user${number}`, `user${(number + 1) % users}`];
    this.reading = this.#read();
  }

  /** Proves who they are with a nonce that they have, if they have one. */
  write(id, start = performance.now()) {
    this.#sent.set(id, start);
    const uri = `sip:${this.to}@example.test`;
    const proof = this.#challenge && authorization(this.#challenge, 'SHA-256', this.name, passwordOf(this.name), 'MESSAGE', uri, ++this.#count);
    this.client.send(instantMessage(this.name, this.to, `from ${this.name}`, { 'Call-ID': id, CSeq: `${this.#count + 1} MESSAGE`, ...proof }));
  }

  async #read() {
    for (;;) {
      const { kind, text } = await this.client.next();
      if (kind === 'end') return;
      if (text.startsWith('MESSAGE ')) this.client.send(ok(text));
      else if (status(text) >= 200) this.#answered(text);
    }
  }

  #answered(text) {
    const id = field(text, 'Call-ID');
    const start = this.#sent.get(id);
    this.#sent.delete(id);
    if (status(text) === 407) {
      [this.#challenge, this.#count] = [text, 0];
      return this.write(id, start);
    }
    assert.equal(status(text), 200, `a calm user was answered ${text.split('\r\n', 1)}`);
    this.times.push(performance.now() - start);
  }
}

/** The p99 of the time until the answer, in milliseconds, with everybody writing for a while. */
async function converse(people, round) {
  for (const user of people) user.times = [];
  const writing = people.map(async (user, number) => {
    await pause((1000 / perSecond) * (number / users));
    for (let i = 0; i < perSecond * seconds; ++i) {
      user.write(`${round}-${i}-${user.name}`);
      await pause(1000 / perSecond);
    }
  });
  await Promise.race([Promise.all(writing), Promise.all(people.map(({ reading }) => reading)).then(() => assert.fail('a calm user was disconnected'))]);
  await pause(1000);
  const times = people.flatMap((user) => user.times).sort((a, b) => a - b);
  assert.equal(times.length, users * perSecond * seconds, 'calm messages were not answered within a second');
  return times[Math.floor(times.length * 0.99)];
}

/** Floods while something is done; gives that, and how often the stranger was answered what. */
async function besideFlooder(t, port, work) {
  const flooder = fork(program, [String(port), String(users)]);
  t.after(() => flooder.kill('SIGKILL'));
  setPriority(flooder.pid, 10); // what the flooder itself takes of the machine is not the relay's to limit
  const answers = {};
  flooder.on('message', (more) => Object.entries(more).forEach(([code, count]) => (answers[code] = (answers[code] ?? 0) + count)));
  const result = await work();
  assert.equal(flooder.exitCode, null, 'the flooder did not last');
  flooder.kill('SIGKILL');
  return [result, answers];
}

export async function strangers(t, [rounds = '5']) {
  const relay = await startWithUsers(t, Array.from({ length: users }, (_, i) => `user${i}`), { args: ['--log-level', 'info'] });
  const people = [];
  for (let i = 0; i < users; ++i) people.push(new User(await signIn(t, relay.ports.ws, `user${i}`), i));
  await converse(people, 'warm-up');
  const [alone, beside, answers] = [[], [], []];
  for (let round = 0; round < Number(rounds); ++round) {
    alone.push(await converse(people, `alone-${round}`));
    const [p99, told] = await besideFlooder(t, relay.ports.tcp, () => converse(people, `beside-${round}`));
    beside.push(p99);
    answers.push(told);
  }
  const told = (runs) => `p99 ${median(runs).toFixed(2)} ms (${runs.map((run) => run.toFixed(2)).join(', ')})`;
  console.log(`100 users who are signed in, at 2 messages a second each, ${rounds} times, medians (and each):`);
  console.log(`  alone:                              ${told(alone)}`);
  console.log(`  beside a stranger on 8 connections: ${told(beside)}; what the stranger was answered: ${answers.map((each) => JSON.stringify(each)).join(', ')}`);
  const times = median(beside) / median(alone);
  console.log(`  p99 beside / alone: ${times.toFixed(2)}`);
  assert.ok(times <= 2, `the p99 of calm users is ${times.toFixed(2)} times as much beside a stranger who floods, and not twice at most`);
  for (const each of answers) assert.ok((each[503] ?? 0) > (each[200] ?? 0), 'the stranger was let through');
}
