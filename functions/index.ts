export { digestOf, KEY_SCOPES, type KeyRecord, type KeyScope, keyRecord, readRecord } from './http/auth/key.ts';
export { MAX_REQUEST_BYTES } from './shared/limits.ts';
