import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { passwordOf, soon } from '../support/relay.mjs';
import { silentSdp } from './browser.mjs';

const { Inviter, Messager, Publisher, PublisherState, Registerer, RegistererState, SessionState, Subscriber, UserAgent } = await load('sip.js');

const address = (user) => UserAgent.makeURI(`sip:${user.includes('@') ? user : `${user}@example.test`}`);

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

/** What it says of a REFER that it does not heed (RFC 3515 2.4.4). */
const referral = {
  extraHeaders: ['Event: refer', 'Subscription-State: terminated;reason=noresource'],
  body: { contentDisposition: 'render', contentType: 'message/sipfrag;version=2.0', content: 'SIP/2.0 603 Decline' },
};

/** SIP.js as the browser's phone of a user, signed in by a WebSocket URL. `options` are further ones of its UserAgent. */
export async function signIn(t, server, user, options = {}) {
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
    ...options,
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
    subscribe: (to) => {
      const notifications = new Arrivals();
      const onNotify = (notification) => {
        notification.accept();
        notifications.push(notification.request.body);
      };
      const subscriber = new Subscriber(agent, address(to), 'presence', { delegate: { onNotify } });
      subscriber.subscribe();
      return { notification: () => notifications.next('a NOTIFY'), end: () => subscriber.unsubscribe() };
    },
    publishes: (document) => {
      const publisher = new Publisher(agent, address(user), 'presence', { expires: 600, unpublishOnClose: false });
      const published = becomes(publisher, PublisherState.Published);
      publisher.publish(document);
      return published;
    },
    call: (to) => {
      const session = new Inviter(agent, address(to));
      const call = {
        answered: becomes(session, SessionState.Established),
        ended: becomes(session, SessionState.Terminated),
        tells: (text) =>
          soon(
            new Promise((resolve, reject) => {
              const requestDelegate = { onAccept: resolve, onReject: ({ message }) => reject(new Error(`INFO: ${message.statusCode}`)) };
              const told = { contentDisposition: 'render', contentType: 'text/plain', content: text };
              session.info({ requestDelegate, requestOptions: { body: told } });
            }),
            'the answer to INFO',
          ),
        writes: (text) =>
          soon(
            new Promise((resolve, reject) => {
              const requestDelegate = { onAccept: resolve, onReject: ({ message }) => reject(new Error(`MESSAGE: ${message.statusCode}`)) };
              const written = { contentDisposition: 'render', contentType: 'text/plain', content: text };
              session.message({ requestDelegate, requestOptions: { body: written } });
            }),
            'the answer to a MESSAGE',
          ),
        refers: (target) =>
          soon(
            new Promise((resolve, reject) => {
              const requestDelegate = { onReject: ({ message }) => reject(new Error(`REFER: ${message.statusCode}`)) };
              const onNotify = (notification) => {
                notification.accept();
                resolve(notification.request.body);
              };
              session.refer(address(target), { requestDelegate, onNotify });
            }),
            'a NOTIFY of REFER',
          ),
      };
      session.invite();
      return call;
    },
    ring: (to) => {
      const session = new Inviter(agent, address(to));
      const onProgress = new Arrivals();
      session.invite({ requestDelegate: { onProgress: (response) => onProgress.push(response.message.statusCode) } });
      return {
        rings: () => onProgress.next('a call to ring'),
        givesUp: () => {
          const terminated = becomes(session, SessionState.Terminated);
          session.cancel();
          return terminated;
        },
      };
    },
    incoming: async () => {
      const session = await calls.next('a call');
      const [told, referrals, messages, cancels] = [new Arrivals(), new Arrivals(), new Arrivals(), new Arrivals()];
      session.delegate = {
        onInfo: (each) => told.push(each),
        onRefer: (each) => referrals.push(each),
        onMessage: (each) => messages.push(each),
        onCancel: (each) => cancels.push(each),
      };
      await session.progress();
      return {
        isCancelled: () => cancels.next('CANCEL'),
        message: async () => {
          const each = await messages.next('a MESSAGE within the call');
          await each.accept();
          return each.request.body;
        },
        answer: () => session.accept(),
        hangUp: () => session.bye(),
        info: async () => {
          const each = await told.next('INFO');
          await each.accept();
          return each.request.body;
        },
        referred: async () => {
          const each = await referrals.next('REFER');
          await each.accept();
          session.dialog.notify(undefined, referral);
          return each.referTo.uri.user;
        },
      };
    },
  };
}
