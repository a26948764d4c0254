// Bundles the unit tests with what they test, and runs them in Node.js.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const suites = (await readdir(here)).filter((file) => file.endsWith('.test.ts'));
const outdir = await mkdtemp(path.join(tmpdir(), 'sipmsg-web-'));
await build({
  entryPoints: suites.map((suite) => path.join(here, suite)),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'bundle',
  tsconfig: path.join(here, '../tsconfig.json'),
});
const files = suites.map((suite) => path.join(outdir, suite.replace(/ts$/, 'mjs')));
const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit', timeout: 120_000 });
await rm(outdir, { recursive: true });
process.exit(status ?? 1);
