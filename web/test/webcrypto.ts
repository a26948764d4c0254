import { webcrypto } from 'node:crypto';

// Node.js 18 has it, but not yet under this name.
globalThis.crypto ??= webcrypto as Crypto;
