// Runs in the page: both parsers read the same messages in turns, and each is timed by itself.
import { parseMessage } from 'jssip/lib/Parser.js';
import { Parser } from './sipmsg.mjs';

const parser = await Parser.load('/bench_parse_wasm.wasm');
/** JsSIP keeps it for replies and asks it nothing while it parses. */
const userAgent = {};

const jssip = {
  parse: (text) => parseMessage(text, userAgent),
  nothing: (message) => message,
  senderAndBody: ({ from, body }) => [from.uri.toString(), body],
  everyPart: ({ method, ruri, from, to, call_id, cseq, body }) => [
    method,
    ruri.toString(),
    from.uri.toString(),
    to.uri.toString(),
    call_id,
    cseq,
    body,
  ],
};
const sipmsg = {
  parse: (text) => parser.parse(text),
  nothing: (message) => message,
  senderAndBody: ({ from, body }) => [from, body],
  everyPart: ({ method, uri, from, to, callId, cseq, body }) => [method, uri, from, to, callId, cseq, body],
};

/**
 * Milliseconds that one turn shall last: hundreds of what the clock of an isolated page can tell apart (5 µs), and so short
 * that most turns run without the system giving the processor to somebody else.
 */
const turn = 2;
/** Turns that are not counted, for the engine to compile what it runs often. */
const warmUp = 50;

/** `asked` is what becomes strings of each message: 'nothing', 'senderAndBody' or 'everyPart'. */
function parseRepeatedly(contender, asked, text, times) {
  const { parse, [asked]: ask } = contender;
  let last;
  const start = performance.now();
  for (let i = 0; i < times; ++i) last = ask(parse(text));
  const end = performance.now();
  if (!last) throw new Error('a message was refused');
  return end - start;
}

/** How many parses fill a turn. */
function timesInTurn(...what) {
  let times = 1;
  for (;;) {
    const elapsed = parseRepeatedly(...what, times);
    if (elapsed >= turn) return Math.ceil((times * turn) / elapsed);
    times *= 2;
  }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

globalThis.partsOf = (text) => ({ jssip: jssip.everyPart(jssip.parse(text)), sipmsg: sipmsg.everyPart(sipmsg.parse(text)) });

/** Microseconds a message, the median of `rounds` turns of each contender. */
globalThis.measure = (text, asked, rounds) => {
  const contenders = { jssip, sipmsg };
  const names = Object.keys(contenders);
  const times = {};
  const results = {};
  for (const name of names) {
    for (let turns = 0; turns < warmUp; ++turns) times[name] = timesInTurn(contenders[name], asked, text);
    results[name] = [];
  }
  for (let round = 0; round < rounds; ++round) {
    // Who begins alternates, so that neither always runs on the other's garbage.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name].push((1000 * parseRepeatedly(contenders[name], asked, text, times[name])) / times[name]);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(results[name])]));
};
globalThis.ready = true;
