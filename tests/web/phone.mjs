import { udpPhone } from '../support/phones.mjs';
import { status } from '../support/sip.mjs';

/** A phone at a UDP port, and what its requests say of that. */
export async function startPhone(t, relay) {
  const phone = await udpPhone(t, relay.ports.udp);
  /** The next that is no provisional response: while a page is slow to answer, the relay says 100 (RFC 4320 4.1). */
  const message = async (what) => {
    const received = await phone.message(what);
    return status(received) < 200 ? message(what) : received;
  };
  return { ...phone, message, over: { transport: 'UDP', sentBy: `127.0.0.1:${phone.port}` } };
}
