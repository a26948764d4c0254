// Bundles page, element and SDK into dist/, next to the WebAssembly module.
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const module = here('../build/wasm/bin/sipmsg.wasm');
if (!(await stat(module).catch(() => undefined))) {
  console.error('build/wasm/bin/sipmsg.wasm is missing: run scripts/build, which makes it first');
  process.exit(1);
}

await rm(here('dist'), { recursive: true, force: true });
await mkdir(here('dist'));
await build({
  entryPoints: { app: here('src/app/app.ts'), 'sip-chat': here('src/chat/sip-chat.ts'), sdk: here('src/sdk/index.ts') },
  outdir: here('dist'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
  tsconfig: here('tsconfig.json'),
});
for (const file of ['index.html', 'app.css']) await copyFile(here(`src/app/${file}`), here(`dist/${file}`));
await copyFile(module, here('dist/sipmsg.wasm'));
