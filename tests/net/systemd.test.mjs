// The unit of the Debian package.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adapted } from '../support/manual.mjs';
import { program, temporaryDirectory } from '../support/relay.mjs';

/** The unit, for the program where it is. */
function unitFile() {
  const file = join(temporaryDirectory(), 'sipmsg-relay.service');
  const unit = readFileSync(new URL('../../packaging/sipmsg-relay.service', import.meta.url), 'utf8');
  writeFileSync(file, adapted(unit, { '/usr/bin/sipmsg-relay': program }));
  return file;
}

test('systemd finds nothing wrong with the unit', () => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unitFile()], { encoding: 'utf8' });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test('the unit gives the relay no more than it needs: an exposure of at most 1.5 of 10', () => {
  execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=15', unitFile()], { stdio: 'pipe' });
});
