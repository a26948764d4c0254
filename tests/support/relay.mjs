import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.mjs';

export const program = process.env.SIPMSG_RELAY ?? new URL('../../build/dev/bin/sipmsg-relay', import.meta.url).pathname;

/** Generous: what is waited for comes as an event, and this only ends a test that would hang. */
const patience = 20_000;

/** Rejects with a sentence when the promise takes too long. */
export function soon(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Where each process of a suite leaves what it said. */
const logs = process.env.SIPMSG_TEST_LOGS ?? join(tmpdir(), 'sipmsg-test-logs');
let started = 0;
export function logFile(name) {
  mkdirSync(logs, { recursive: true });
  return join(logs, `${name}-${process.pid}-${++started}.log`);
}

const directories = [];
process.once('exit', () => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** A directory that is gone when the suite is over, and so is whatever writes there. */
export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'sipmsg-net-'));
  directories.push(directory);
  return directory;
}

/** Runs the program to its end: { code, stdout, stderr }. */
export function runProgram(t, args, { input = '', as: { file = program, ...as } = {} } = {}) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...as });
  t.after(() => child.kill('SIGKILL'));
  const result = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (result[name] += chunk));
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  return soon(
    new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ ...result, code, signal }));
    }),
    `the end of ${args.join(' ')}`,
  );
}

/**
 * A relay on free ports of 127.0.0.1, ready to be talked to; it must end well when the test is over. `as` are { uid, gid } of the user that
 * it runs as, `file` its program where that can read it, `before` what its command begins with, `env` what its environment has besides ours,
 * `left` the options of ours that are left to its configuration, or 'all'.
 */
export async function startRelay(t, args = [], { file = program, before = [], env = {}, left = [], ...as } = {}) {
  const common = left === 'all' ? [] : [
    ...['--ws', '127.0.0.1:0', '--udp', '127.0.0.1:0', '--tcp', '127.0.0.1:0'],
    ...['--io-threads', process.env.SIPMSG_IO_THREADS ?? '0'],
    ...['--domain', 'example.test', '--data', ':memory:', '--auth', 'none', '--log-level', 'debug'],
  ];
  const given = new Set([...left, ...args.filter((arg) => arg.startsWith('--'))]);
  const defaults = [];
  for (let i = 0; i < common.length; i += 2) if (!given.has(common[i])) defaults.push(common[i], common[i + 1]);
  const [command, ...rest] = [...before, file, ...defaults, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env }, ...as });
  const relay = new RunningRelay(child);
  t.after(() => relay.end());
  await soon(relay.ready, 'the relay to be ready');
  return relay;
}

export const passwordOf = (user) => `secret of ${user}`;

/** A relay with its users in a directory of its own, at ports that no other suite gets. `ports` of an earlier one: it listens where that did. */
export async function startWithUsers(t, users, { data = join(temporaryDirectory(), 'data'), ports = {}, args = [], ...start } = {}) {
  for (const user of users) {
    const added = await runProgram(t, ['user', 'add', `${user}@example.test`, '--data', data], { input: `${passwordOf(user)}\n` });
    assert.equal(added.code, 0, added.stderr);
  }
  const listen = [];
  for (const protocol of ['ws', 'udp', 'tcp']) listen.push(`--${protocol}`, `127.0.0.1:${ports[protocol] ?? (await freePort())}`);
  const relay = await startRelay(t, ['--auth', 'digest', '--data', data, ...listen, ...args], start);
  relay.data = data;
  return relay;
}

class RunningRelay {
  log = '';
  ports = {};

  constructor(child) {
    this.child = child;
    this.logFile = logFile('relay');
    this.exit = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    this.ready = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => reject(new Error(`the relay did not start: ${this.log}`)));
      child.stderr.on('data', (chunk) => {
        this.log += chunk;
        appendFileSync(this.logFile, chunk);
        if (/\bready("})?$/m.test(this.log)) resolve();
      });
    });
    this.ready = this.ready.then(() => {
      for (const [, protocol, port] of this.log.matchAll(/listening (wss?|udp|tcp|tls) \S+:(\d+)/g)) this.ports[protocol] = Number(port);
    });
  }

  /** The port of its listener at an address, as a URI has that, of several. */
  portAt(protocol, address) {
    const [, rest] = this.log.split(`listening ${protocol} ${address}:`);
    return Number.parseInt(rest, 10);
  }

  /** Waits until the log says it, from `start` on: what is logged comes here later than what is sent. */
  async says(expected, start = 0) {
    const said = new Promise((resolve) => {
      const look = () => expected.test(this.log.slice(start)) && (this.child.stderr.off('data', look), resolve());
      this.child.stderr.on('data', look);
      look();
    });
    await soon(said, String(expected));
  }

  /** Sends a signal and waits until the log says what must follow it. */
  async signal(name, expected) {
    const start = this.log.length;
    this.child.kill(name);
    await this.says(expected, start);
  }

  /** Ends it without a chance to say goodbye. */
  async kill() {
    this.isKilled = true;
    this.child.kill('SIGKILL');
    await soon(this.exit, 'the relay to be gone');
  }

  /** Waits for its end, which need not be a clean one; gives that. */
  async ended() {
    this.isKilled = true;
    return soon(this.exit, 'the relay to end').finally(() => this.child.kill('SIGKILL'));
  }

  /** Ends it by a signal and checks that it ended by itself, cleanly (a sanitizer's finding is another code). */
  async end(signal = 'SIGTERM') {
    if (this.isKilled) return;
    this.child.kill(signal);
    try {
      const exit = await soon(this.exit, 'the relay to end');
      assert.deepEqual(exit, { code: 0, signal: null }, this.log);
    } finally {
      this.child.kill('SIGKILL');
    }
  }
}
