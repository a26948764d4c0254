import { load } from '../support/npm.mjs';
import { Arrivals } from '../support/phones.mjs';
import { passwordOf, soon } from '../support/relay.mjs';
import { silentSdp } from './browser.mjs';

const { Inviter, Messager, Publisher, PublisherState, Registerer, RegistererState, SessionState, Subscriber, UserAgent } = await load('sip.js');

const address = (user) => UserAgent.makeURI(`sip:${user.includes('@') ? user : `${user}@example.test`}`);

/** Once an emitter of states says this one. */
const reached = (what, state) => new Promise((resolve) => what.stateChange.addListener((now) => now === state && resolve()));
const becomes = (what, state) => soon(reached(what, state), `the state ${state}`);

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

/** Sends a request by a function of its delegate, and waits until that is accepted. */
const accepted = (method, send) =>
  soon(
    new Promise((resolve, reject) => send({ onAccept: resolve, onReject: ({ message }) => reject(new Error(`${method}: ${message.statusCode}`)) })),
    `the answer to ${method}`,
  );

const inBody = (text) => ({ body: { contentDisposition: 'render', contentType: 'text/plain', content: text } });

/** A call of its own, as it says what becomes of it. */
function outgoing(session) {
  const [answer, end] = [reached(session, SessionState.Established), reached(session, SessionState.Terminated)];
  const call = {
    // Nobody's patience is at stake before they wait.
    get answered() { return soon(answer, 'an answer'); },
    get ended() { return soon(end, 'the end of a call'); },
    tells: (text) => accepted('INFO', (requestDelegate) => session.info({ requestDelegate, requestOptions: inBody(text) })),
    writes: (text) => accepted('MESSAGE', (requestDelegate) => session.message({ requestDelegate, requestOptions: inBody(text) })),
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
}

/** A call of its own that nobody answers. */
function ringing(session) {
  const progress = new Arrivals();
  session.invite({ requestDelegate: { onProgress: ({ message }) => progress.push(message.statusCode) } });
  return {
    rings: () => progress.next('a call to ring'),
    givesUp: () => {
      const terminated = becomes(session, SessionState.Terminated);
      session.cancel();
      return terminated;
    },
  };
}

/** A call that comes to it, and rings. */
async function incoming(session) {
  const arrivals = { onInfo: new Arrivals(), onMessage: new Arrivals(), onRefer: new Arrivals(), onCancel: new Arrivals() };
  session.delegate = Object.fromEntries(Object.entries(arrivals).map(([event, each]) => [event, (what) => each.push(what)]));
  await session.progress();
  const taken = async (event, what) => {
    const each = await arrivals[event].next(what);
    await each.accept();
    return each;
  };
  return {
    answer: () => session.accept(),
    isCancelled: () => arrivals.onCancel.next('CANCEL'),
    hangUp: () => session.bye(),
    info: async () => (await taken('onInfo', 'INFO')).request.body,
    message: async () => (await taken('onMessage', 'a MESSAGE within the call')).request.body,
    referred: async () => {
      const { referTo } = await taken('onRefer', 'REFER');
      session.dialog.notify(undefined, referral);
      return referTo.uri.user;
    },
  };
}

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
    delivers: (to, text) => accepted('MESSAGE', (requestDelegate) => new Messager(agent, address(to), text).message({ requestDelegate })),
    message: () => messages.next('a MESSAGE'),
    subscribe: (to) => {
      const notifications = new Arrivals();
      const onNotify = (notification) => {
        notification.accept();
        notifications.push(notification.request.body);
      };
      const subscriber = new Subscriber(agent, address(to), 'presence', { delegate: { onNotify } });
      subscriber.subscribe();
      const accepted = () => {}; // it takes a NOTIFY that comes first
      return { accepted, notification: () => notifications.next('a NOTIFY'), end: () => subscriber.unsubscribe() };
    },
    publishes: (document) => {
      const publisher = new Publisher(agent, address(user), 'presence', { expires: 600, unpublishOnClose: false });
      const published = becomes(publisher, PublisherState.Published);
      publisher.publish(document);
      return published;
    },
    call: (to) => outgoing(new Inviter(agent, address(to))),
    ring: (to) => ringing(new Inviter(agent, address(to))),
    incoming: async () => incoming(await calls.next('a call')),
  };
}
