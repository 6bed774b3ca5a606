export { digestOf, KEY_SCOPES, type KeyRecord, type KeyScope, keyRecord, readRecord } from './http/auth/key.ts';
export { problemDocument } from './http/responses/problem-document.ts';
export { MAX_ANSWER_BYTES, MAX_REQUEST_BYTES } from './shared/limits.ts';
export { inParallel } from './shared/runtime/pool.ts';
