import assert from 'node:assert/strict';
import { once } from 'node:events';
import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { passwordOf, soon } from '../support/relay.mjs';
import './browser.mjs';

const { default: JsSIP } = await load('jssip');

const address = (user) => `sip:${user.includes('@') ? user : `${user}@example.test`}`;
const silence = { mediaConstraints: { audio: false, video: false } };

/** Once one of the events comes: its data. */
const first = (emitter, good, bad) =>
  new Promise((resolve, reject) => {
    emitter.once(good, resolve);
    emitter.once(bad, (data) => reject(new Error(`${bad}: ${data?.cause} ${data?.response?.status_code}`)));
  });
const either = (emitter, good, bad, what) => soon(first(emitter, good, bad), what);

/** What is said in a call that stands. */
const inCall = (session) => {
  const ended = once(session, 'ended');
  const referred = new Promise((resolve) => session.once('refer', resolve));
  return {
    /** Has the other end call somebody, and waits until that is answered. */
    refers: (to) => either(session.refer(address(to)), 'accepted', 'requestFailed', 'that a REFER was heeded'),
    /** Whom it is to call, which it does not. */
    referred: async () => {
      const { request, reject } = await soon(referred, 'REFER');
      reject();
      return request.refer_to.uri.user;
    },
    /** Negotiates its media anew. */
    updates: () => soon(new Promise((resolve) => assert.ok(session.renegotiate({ useUpdate: true }, resolve))), 'the answer to UPDATE'),
    info: () => soon(new Promise((resolve) => session.once('newInfo', ({ info }) => resolve(info.body))), 'INFO'),
    tells: (text) => {
      const answered = new Promise((resolve, reject) => {
        session.once('newInfo', ({ info }) => {
          info.on('succeeded', resolve);
          info.on('failed', ({ response }) => reject(new Error(`INFO: ${response?.status_code}`)));
        });
      });
      session.sendInfo('text/plain', text);
      return soon(answered, 'the answer to INFO');
    },
    writes: (text) => {
      const sent = new Promise((resolve, reject) => {
        const refused = (response) => reject(new Error(`MESSAGE: ${response?.status_code}`));
        const eventHandlers = { onSuccessResponse: resolve, onErrorResponse: refused };
        session.sendRequest('MESSAGE', { extraHeaders: ['Content-Type: text/plain'], body: text, eventHandlers });
      });
      return soon(sent, 'the answer to a MESSAGE');
    },
    hangUp: async () => {
      session.terminate();
      assert.ok(session.isEnded());
    },
    isLeft: () => soon(ended, 'the end of a call'),
  };
};

/** A call of its own that nobody answers. */
function ringing(agent, session) {
  const progress = new Promise((resolve) => session.once('progress', ({ response }) => resolve(response.status_code)));
  return {
    rings: () => soon(progress, 'a call to ring'),
    givesUp: () => {
      // It forgets the signed INVITE once that has its answer.
      const isSigned = ({ type, request }) => type === 'ict' && session.id.startsWith(request.call_id) && request.hasHeader('Proxy-Authorization');
      const answered = new Promise((resolve) => agent.on('transactionDestroyed', ({ transaction }) => isSigned(transaction) && resolve()));
      session.terminate();
      return soon(answered, 'the answer to a call that was given up');
    },
  };
}

/** JsSIP as the browser's phone of a user, signed in by a WebSocket URL. */
export async function signIn(t, url, user) {
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url)],
    uri: address(user),
    password: passwordOf(user),
    user_agent: 'JsSIP of a test',
  });
  const messages = new Arrivals();
  const calls = new Arrivals();
  agent.on('newMessage', ({ originator, message, request }) => {
    if (originator === 'remote') messages.push({ from: message.remote_identity.uri.user, body: request.body });
  });
  agent.on('newRTCSession', ({ originator, session }) => originator === 'remote' && calls.push(session));
  const registered = either(agent, 'registered', 'registrationFailed', 'JsSIP to sign in');
  agent.start();
  t.after(() => agent.stop());
  await registered;
  return {
    delivers: (to, text) => {
      const message = agent.sendMessage(address(to), text);
      return either(message, 'succeeded', 'failed', 'the answer to a MESSAGE');
    },
    message: () => messages.next('a MESSAGE'),
    subscribe: (to) => {
      const subscriber = agent.subscribe(address(to), 'presence', 'text/plain', { expires: 600 });
      const notified = soon(new Promise((resolve) => subscriber.once('notify', (isFinal, request, body) => resolve(body))), 'NOTIFY');
      const accepted = soon(first(subscriber, 'accepted', 'terminated'), 'the answer to SUBSCRIBE');
      subscriber.subscribe();
      return { accepted: () => accepted, notification: () => notified, end: () => subscriber.terminate() };
    },
    call: (to) => {
      const session = agent.call(address(to), silence);
      const answer = first(session, 'confirmed', 'failed');
      const call = inCall(session);
      // Nobody's patience is at stake before they wait.
      return { ...call, get answered() { return soon(answer, 'an answer'); }, get ended() { return call.isLeft(); } };
    },
    ring: (to) => ringing(agent, agent.call(address(to), silence)),
    incoming: async () => {
      const session = await calls.next('a call');
      const failed = new Promise((resolve) => session.once('failed', ({ cause }) => resolve(cause)));
      return {
        isCancelled: async () => assert.equal(await soon(failed, 'CANCEL'), 'Canceled'),
        answer: () => {
          const confirmed = either(session, 'confirmed', 'failed', 'the ACK');
          session.answer(silence);
          return confirmed;
        },
        ...inCall(session),
      };
    },
  };
}
