import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promises } from '../../bench/relay/promises.mjs';

const way = (rate, cpu) => ({ sipmsg: { per_second: 2000, relay_us: 10 }, Kamailio: { per_second: rate, relay_us: cpu } });
const own = (figures) => ({ sipmsg: figures });

/** Each promise is just kept. */
const kept = {
  ws2ws: way(1000, 20),
  ws2udp: way(1000, 20),
  udp2ws: way(1000, 20),
  idle: own({ bytes_per_user: 12_000 }),
  paced: own({ relay_us: 100 }),
  'paced-many': own({ relay_us: 130 }),
  busy: own({ relay_us: 50 }),
  'busy-many': own({ relay_us: 65 }),
};

const judge = (measured) => promises((scenario, contender, name) => measured[scenario]?.[contender]?.[name]);
const broken = (measured) => judge({ ...kept, ...measured }).filter(({ isKept }) => !isKept).map(({ what }) => what.split(',')[0]);

test('promises that are just kept are kept', () => {
  assert.equal(judge(kept).length, 9);
  assert.deepEqual(broken({}), []);
});

for (const [measured, ...expected] of [
  [{ ws2ws: way(1001, 20) }, 'ws2ws: messages a second'],
  [{ ws2udp: way(1000, 19.9) }, 'ws2udp: CPU time a message'],
  [{ udp2ws: way(1001, 19.9) }, 'udp2ws: messages a second', 'udp2ws: CPU time a message'],
  [{ idle: own({ bytes_per_user: 12_001 }) }, 'idle: kB a user'],
  [{ 'paced-many': own({ relay_us: 131 }) }, 'paced-many: CPU time a message'],
  [{ 'busy-many': own({ relay_us: 66 }) }, 'busy-many: CPU time a message'],
])
  test(`a promise that is not kept is named: ${expected.join(' and ')}`, () => assert.deepEqual(broken(measured), expected));

test('what was not measured is no promise that is broken', () => {
  assert.deepEqual(judge({ idle: kept.idle, 'paced-many': kept['paced-many'] }).map(({ what }) => what), ['idle: kB a user']);
});
