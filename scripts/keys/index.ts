export { createKey } from './create-key.ts';
export { parseExpiry } from './expiry.ts';
export { keyFile, localKeyFile } from './key-file.ts';
export { type KeyStore, pick, stateOf } from './key-store.ts';
export { keysPath, parameterStore } from './parameter-store.ts';
