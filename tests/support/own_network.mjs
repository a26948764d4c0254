// A network that holds nothing but one test, with an address that is no loopback, whatever the machine has.
import assert from 'node:assert/strict';
import { execPath, getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { runProgram } from './relay.mjs';

/** Nobody's (RFC 5737). */
export const ownAddress = '192.0.2.1';

/** Without root's rights it takes a namespace of users as well. */
const apart = ['unshare', '--net', ...(getuid() === 0 ? [] : ['--map-root-user'])];

const script = 'ip link set lo up && ip address add "$1/32" dev lo || exit; shift; exec "$@"';

/** What the only test of a file does, of which `url` is import.meta.url: the file runs once more, in such a network. */
export function inOwnNetwork(url, test) {
  if ('SIPMSG_OWN_NETWORK' in process.env) return test;
  return async (t) => {
    const env = { ...process.env, SIPMSG_OWN_NETWORK: ownAddress };
    delete env.NODE_TEST_CONTEXT; // it would report to the runner of this one
    const [file, ...args] = [...apart, 'sh', '-c', script, 'sh', ownAddress, execPath, fileURLToPath(url)];
    const { code, stdout, stderr } = await runProgram(t, args, { as: { file, env } });
    assert.equal(code, 0, stdout + stderr);
  };
}
