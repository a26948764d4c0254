// Packages of web/package.json, for suites that live elsewhere in the tree.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../web/package.json', import.meta.url));

/** The package as a module. */
export const load = async (name) => import(pathToFileURL(require.resolve(name)));
