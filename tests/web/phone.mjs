import { udpPhone } from '../support/phones.mjs';

/** A phone at a UDP port, and what its requests say of that. */
export async function startPhone(t, relay) {
  const phone = await udpPhone(t, relay.ports.udp);
  return { ...phone, over: { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` } };
}
