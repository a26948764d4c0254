// What the project promises of the relay, by what run.mjs has measured of it and of Kamailio on the same machine.

const ways = ['ws2ws', 'ws2udp', 'udp2ws'];
/** The same load with 10,000 users as with 200. */
const growths = [['paced', 'paced-many'], ['busy', 'busy-many']];

const atLeast = (bound, what, value) => ({ what, value, bound: `at least ${bound}`, isKept: value >= bound });
const atMost = (bound, what, value) => ({ what, value, bound: `at most ${bound}`, isKept: value <= bound });

/** The promises that were measured: { what, value, bound, isKept }. `figure(scenario, contender, name)` gives a median, or undefined. */
export function promises(figure) {
  const own = (scenario, name) => figure(scenario, 'sipmsg', name);
  const besideKamailio = (scenario, name) => own(scenario, name) / figure(scenario, 'Kamailio', name);
  return [
    ...ways.map((way) => atLeast(2, `${way}: messages a second, for one of Kamailio`, besideKamailio(way, 'per_second'))),
    ...ways.map((way) => atMost(0.5, `${way}: CPU time a message, for Kamailio's`, besideKamailio(way, 'relay_us'))),
    atMost(12, 'idle: kB a user', own('idle', 'bytes_per_user') / 1000),
    ...growths.map(([few, many]) => atMost(1.3, `${many}: CPU time a message, for that of ${few}`, own(many, 'relay_us') / own(few, 'relay_us'))),
  ].filter(({ value }) => !Number.isNaN(value));
}
