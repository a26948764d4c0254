// Packages of web/package.json, for suites that live elsewhere in the tree.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Where the package's main file is. */
export const pathOf = createRequire(new URL('../../web/package.json', import.meta.url)).resolve;

/** The package as a module. */
export const load = async (name) => import(pathToFileURL(pathOf(name)));
