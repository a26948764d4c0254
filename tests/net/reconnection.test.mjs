import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Flow } from '../support/flow.mjs';
import { startRelay } from '../support/relay.mjs';

test('a browser that reconnects while its earlier WebSocket is still open is reached over the new one alone (RFC 5626 6)', async (t) => {
  const relay = await startRelay(t);
  const alice = await Flow.registered(t, relay.ports.ws, 'alice');
  const device = randomUUID();
  const former = await Flow.registered(t, relay.ports.ws, 'bob', { device });
  await Promise.all([alice.sends('bob', 'over the first'), former.receives('over the first')]);
  const flow = await Flow.registered(t, relay.ports.ws, 'bob', { device });
  await Promise.all([alice.sends('bob', 'over the second'), flow.receives('over the second')]);
  for (const each of [former, flow]) await each.isSilent();

  const start = relay.log.length;
  former.vanish();
  await relay.says(/flow \d+ closed/, start);
  await Promise.all([alice.sends('bob', 'still there'), flow.receives('still there')]);
});
