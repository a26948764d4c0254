import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { logFile, soon } from '../support/relay.mjs';

/** Somebody else's program, in the foreground; a log file keeps what it says. */
export class Program {
  output = '';
  #name;
  #log;
  #child;
  #exit;
  #listeners = new Set();
  #hasEnded = false;

  #isGroup;

  /** Starts it, as [file, ...arguments]; the signal ends it when the test is over, and with `isGroup` whatever it has forked, too. */
  static start(t, name, command, signal = 'SIGTERM', { isGroup = false } = {}) {
    const program = new Program(name, command, isGroup);
    t.after(() => program.end(signal));
    return program;
  }

  constructor(name, [file, ...args], isGroup) {
    this.#isGroup = isGroup;
    this.#log = logFile(name);
    this.#name = `${name} (${this.#log})`;
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: isGroup });
    this.#exit = new Promise((resolve) => this.#child.on('close', (code, signal) => resolve({ code, signal })));
    this.#child.on('error', (error) => this.#hear(`${error}\n`)); // as when it is not installed
    this.#child.on('close', () => this.#fallSilent());
    this.#child.stdin.on('error', () => {}); // it may end without reading
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => this.#hear(text));
    }
  }

  /** Waits until what it has said so far matches; gives that. */
  says(pattern) {
    const said = new Promise((resolve, reject) => {
      const listener = () => {
        const match = pattern.exec(this.output);
        if (!match && !this.#hasEnded) return;
        this.#listeners.delete(listener);
        if (match) resolve(match[0]);
        else reject(new Error(`${this.#name} ended without saying ${pattern}: ${this.output}`));
      };
      this.#listeners.add(listener);
      listener();
    });
    return soon(said, `${this.#name} to say ${pattern}`);
  }

  type(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Waits until it ends by itself: { code, signal }. */
  ended() {
    return soon(this.#exit, `the end of ${this.#name}`);
  }

  /** Ends it by a signal, if it has not ended yet. */
  async end(signal = 'SIGTERM') {
    this.#kill(signal);
    try {
      await this.ended();
    } finally {
      this.#kill('SIGKILL');
    }
  }

  #kill(signal) {
    const { pid } = this.#child;
    if (!this.#isGroup || pid === undefined) return this.#child.kill(signal);
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // all of it has ended
    }
  }

  #hear(text) {
    appendFileSync(this.#log, text);
    this.output += text;
    for (const listener of this.#listeners) listener();
  }

  #fallSilent() {
    this.#hasEnded = true;
    for (const listener of this.#listeners) listener();
  }
}
