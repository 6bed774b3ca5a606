export { keyFile, localKeyFile } from './key-file.ts';
export { createKey, type KeyStore, parseExpiry, pick, stateOf } from './keys.ts';
export { keysPath, parameterStore } from './parameter-store.ts';
