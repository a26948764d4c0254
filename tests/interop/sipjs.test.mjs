import { test } from 'node:test';
import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { passwordOf, soon } from '../support/relay.mjs';
import { silentSdp } from './browser.mjs';
import { converse } from './conversation.mjs';

const { Inviter, Messager, Registerer, RegistererState, SessionState, Subscriber, UserAgent } = await load('sip.js');

const address = (user) => UserAgent.makeURI(`sip:${user}@example.test`);

/** Once an emitter of states says this one. */
const becomes = (what, state) =>
  soon(new Promise((resolve) => what.stateChange.addListener((now) => now === state && resolve())), `the state ${state}`);

/** Without media. */
const sessionDescriptionHandlerFactory = () => ({
  close: () => {},
  getDescription: async () => ({ body: silentSdp, contentType: 'application/sdp' }),
  hasDescription: (type) => type === 'application/sdp',
  setDescription: async () => {},
  sendDtmf: () => false,
});

async function signIn(t, server, user) {
  const messages = new Arrivals();
  const calls = new Arrivals();
  const agent = new UserAgent({
    uri: address(user),
    authorizationUsername: user,
    authorizationPassword: passwordOf(user),
    transportOptions: { server },
    sessionDescriptionHandlerFactory,
    gracefulShutdown: false,
    logLevel: 'error',
    delegate: {
      onMessage: (message) => {
        messages.push({ from: message.request.from.uri.user, body: message.request.body });
        message.accept();
      },
      onInvite: (invitation) => calls.push(invitation),
    },
  });
  await agent.start();
  t.after(() => agent.stop());
  const registerer = new Registerer(agent);
  const registered = becomes(registerer, RegistererState.Registered);
  await registerer.register();
  await registered;
  return {
    delivers: (to, text) =>
      soon(
        new Promise((resolve, reject) => {
          const requestDelegate = { onAccept: resolve, onReject: ({ message }) => reject(new Error(`${message.statusCode}`)) };
          new Messager(agent, address(to), text).message({ requestDelegate });
        }),
        'the answer to a MESSAGE',
      ),
    message: () => messages.next('a MESSAGE'),
    subscribed: (to) =>
      soon(
        new Promise((resolve) => {
          const onNotify = (notification) => {
            notification.accept();
            resolve(notification.request.body);
          };
          new Subscriber(agent, address(to), 'presence', { delegate: { onNotify } }).subscribe();
        }),
        'a NOTIFY',
      ),
    call: (to) => {
      const session = new Inviter(agent, address(to));
      const call = { answered: becomes(session, SessionState.Established), ended: becomes(session, SessionState.Terminated) };
      session.invite();
      return call;
    },
    incoming: async () => {
      const session = await calls.next('a call');
      return { answer: () => session.accept(), hangUp: () => session.bye() };
    },
  };
}

test('SIP.js signs in, writes, subscribes and calls through the relay', (t) => converse(t, signIn));
