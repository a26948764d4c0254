import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'core', 'relay'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => /\.(h|cpp)$/.test(name));

/** The code of a file, without comments and what stands in quotes. */
const codeOf = (text) => text.replace(/\/\/.*$/gm, '').replace(/"(?:\\.|[^"\\\n])*"/g, '""');
const code = Object.fromEntries(sources.map((name) => [name, codeOf(readFileSync(root + name, 'utf8'))]));
const callersOf = (call) => sources.filter((name) => name.endsWith('.cpp') && code[name].includes(`${call}(`));

/** Where what somebody has shown is compared with what only its owner can make, and how the comparison begins. */
const comparisons = {
  'core/auth/digest_client.cpp': ['digest_response('],
  'core/auth/digest_server.cpp': ['digest_response(', 'signature('],
  'relay/admin/gate.cpp': ['shown, sip::sha256_hex(token_)'],
  'relay/logic/flow_token.cpp': ['signature('],
  'relay/logic/gruu.cpp': ['signature('],
};
const itself = 'core/base/constant_time.cpp';

test('passwords, signatures and tokens are compared in constant time, each at its place', () => {
  for (const [name, beginnings] of Object.entries(comparisons)) {
    const found = [...code[name].matchAll(/\bequal_in_constant_time\(\s*([^]*?);/g)].map(([, rest]) => rest);
    assert.equal(found.length, beginnings.length, name);
    found.forEach((rest, i) => assert.ok(rest.startsWith(beginnings[i]), `${name}: ${rest}`));
  }
  assert.deepEqual(callersOf('equal_in_constant_time').filter((name) => name !== itself), Object.keys(comparisons));
});

test('whoever makes a signature or a proof is known here: what is made to be compared is compared in constant time', () => {
  const [signing, own] = ['hmac_sha256', 'core/base/sha256.cpp'];
  assert.deepEqual(callersOf(signing).filter((name) => name !== own), ['core/auth/digest_server.cpp', 'relay/logic/flow_token.cpp', 'relay/logic/gruu.cpp']);
  const proving = callersOf('digest_response').filter((name) => name !== 'core/auth/digest.cpp');
  assert.deepEqual(proving, ['core/auth/digest_client.cpp', 'core/auth/digest_server.cpp']);
});

const secret = String.raw`(?:\w+(?:\.|->|::))*\w*(?:signature|digest_response|hmac_sha256|sha256_hex|md5_hex|ha1|rspauth|password|secret|(?<=\.|->)response\b|token_(?!file)|shown)\w*`;
const called = String.raw`(?:\((?:[^()]|\([^()]*\))*\))?`;
const early = [
  new RegExp(String.raw`${secret}\b${called}\)*\s*[!=]=(?!=)`), // what is secret on the left
  new RegExp(String.raw`[!=]=\s*\*?${secret}\b(?!\.|->|::)`), // and on the right
  new RegExp(String.raw`${secret}\b${called}\s*\.(?:compare|starts_with|ends_with|find)\(`),
  new RegExp(String.raw`(?:compare|starts_with|ends_with|equal|equal_ignoring_case|strn?cmp|memcmp|find)\(\s*(?:[^;()]|\([^()]*\))*\b${secret}\b`),
];
/** Statements in which something that is secret is compared by what stops at the first difference. */
const findEarly = (text) => text.split(/[;{}]/).filter((statement) => early.some((way) => way.test(statement)));

test('nothing of the kind is compared by what stops at the first difference', () => {
  // What an operator types twice, or writes into two configurations, is nobody else's to guess.
  const looked = sources.filter((name) => /^(core\/auth|relay)\//.test(name) && !name.startsWith('relay/config/'));
  assert.ok(looked.length > 100);
  for (const name of looked) assert.deepEqual(findEarly(code[name]), [], name);
});

test('such comparisons would be noticed', () => {
  const statements = [
    'if (signature(body, scope) == token.substr(4)) return',
    'return token.substr(4) != signature(body, scope)',
    'const bool equal = digest_response(input) == answer.response',
    'if (answer.response != expected) return',
    'if (shown == sip::sha256_hex(token_)) return std::nullopt',
    'if (bearer_token(request.authorization) == token_) return std::nullopt',
    'return signature(body).compare(text) == 0',
    'return text.ends_with(signature(body))',
    'return std::memcmp(ha1.data(), stored.data(), 64) == 0',
    'return std::equal(text.begin(), text.end(), stored.ha1_sha256.begin())',
    'return stored.ha1(algorithm) == base',
    'return lower_case(*rspauth) == expected',
    'if (*rspauth == expected) return',
  ];
  for (const statement of statements) assert.equal(findEarly(codeOf(statement)).length, 1, statement);
  for (const statement of ['if (nonce.size() != 2 * signature_bytes) return', 'return stored.ha1(algorithm).empty()', 'if (value == "digest") return'])
    assert.equal(findEarly(codeOf(statement)).length, 0, statement);
});
