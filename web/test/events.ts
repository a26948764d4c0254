import type { ChatMessage, ClientEvents, ConnectionState, SipClient } from '../src/sdk/index.js';

/** The next event of that name that the test was waiting for. */
export function next<Name extends keyof ClientEvents>(
  client: SipClient,
  name: Name,
  wanted: (detail: ClientEvents[Name]) => boolean,
): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => {
    const stop = client.on(name, (detail) => {
      if (!wanted(detail)) return;
      stop();
      resolve(detail);
    });
  });
}

export const status = (client: SipClient, wanted: string): Promise<ConnectionState> =>
  client.state.status === wanted ? Promise.resolve(client.state) : next(client, 'state', (state) => state.status === wanted);
export const delivered = (client: SipClient): Promise<ChatMessage> => next(client, 'delivery', ({ state }) => state === 'delivered');
/** The next message from somebody else. */
export const heard = (client: SipClient): Promise<ChatMessage> => next(client, 'message', ({ direction }) => direction === 'in');
/** How the message that is written next ends. */
export const ended = (client: SipClient): Promise<ChatMessage> =>
  next(client, 'delivery', ({ state }) => state !== 'queued' && state !== 'sending');
