import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core, Output } from '../src/sdk/core.js';
import { Emitter } from '../src/sdk/emitter.js';
import { Session, type SessionOutput, type WebSocketConstructor } from '../src/sdk/session.js';

/** A core that answers each input with the outputs that the test gives, and writes down what it was asked. */
class ScriptedCore {
  calls: string[] = [];
  outputs: Output[] = [];
  on: Record<string, () => void> = {};

  #input(name: string): void {
    this.calls.push(name);
    this.on[name]?.();
  }
  start = () => this.#input('start');
  stop = () => this.#input('stop');
  networkAvailable = () => this.#input('networkAvailable');
  flowOpened = (flow: number) => this.#input(`flowOpened ${flow}`);
  flowClosed = (flow: number) => this.#input(`flowClosed ${flow}`);
  excess = () => 0;
  deadline = () => undefined;
  poll = () => {
    const output = this.outputs.shift();
    this.calls.push(output ? `poll ${output.type}` : 'poll');
    return output;
  };
}

class RecordedSocket {
  static all: RecordedSocket[] = [];
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  isClosed = false;
  constructor(readonly url: string) {
    RecordedSocket.all.push(this);
  }
  send(): void {}
  close(): void {
    this.isClosed = true;
  }
}

function sessionOver(core: ScriptedCore, handle: (output: SessionOutput) => void): Session {
  RecordedSocket.all = [];
  return new Session(core as unknown as Core, ['ws://example.org/', 'wss://example.net/'], RecordedSocket as unknown as WebSocketConstructor, handle);
}

test('an input that a listener gives waits until the outputs of the one before are dealt with', () => {
  const core = new ScriptedCore();
  core.on['start'] = () => core.outputs.push({ type: 'registered', expires: 600, publicGruu: '', temporaryGruu: '' }, { type: 'unregistered' });
  const session = sessionOver(core, (output) => {
    if (output.type === 'registered') session.networkAvailable();
  });
  session.start();
  assert.deepEqual(core.calls, ['start', 'poll registered', 'poll unregistered', 'poll', 'networkAvailable', 'poll']);
});

test('a flow is opened to the server whose turn it is', () => {
  const core = new ScriptedCore();
  core.on['start'] = () => core.outputs.push({ type: 'open-flow', server: 1 }, { type: 'open-flow', server: 0 });
  sessionOver(core, () => {}).start();
  assert.deepEqual(
    RecordedSocket.all.map(({ url }) => url),
    ['wss://example.net/', 'ws://example.org/'],
  );
});

test('a trap in the module is told once, ends the connection, and nothing is asked of the module again', () => {
  const core = new ScriptedCore();
  const told: string[] = [];
  core.on['start'] = () => core.outputs.push({ type: 'open-flow', server: 0 });
  core.on['flowOpened 1'] = () => {
    throw new Error('unreachable');
  };
  const session = sessionOver(core, ({ type }) => told.push(type));
  session.start();
  const [socket] = RecordedSocket.all;
  const opened = socket?.onopen;
  assert.throws(() => opened?.(), /unreachable/);
  assert.deepEqual(told, ['open-flow', 'broken']);
  assert.equal(socket?.isClosed, true);
  const before = core.calls.length;
  session.networkAvailable();
  session.stop();
  assert.equal(core.calls.length, before);
});

test('a listener that throws keeps neither the other listeners nor the connection from going on', async () => {
  class Source extends Emitter<{ tick: number }> {
    tick = (value: number) => this.emit('tick', value);
  }
  const source = new Source();
  const heard: number[] = [];
  const told = new Promise<Error>((resolve) => {
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const listener of listeners) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
  source.on('tick', () => {
    throw new Error('of the listener');
  });
  source.on('tick', (value) => heard.push(value));
  source.tick(1);
  assert.deepEqual(heard, [1]);
  assert.match((await told).message, /of the listener/);
});
