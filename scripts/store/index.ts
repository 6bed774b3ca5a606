export { defaultStore, openStore } from './folder-store.ts';
export type { DamagedModel, Listing, ModelStore, StoredModel } from './model-store.ts';
export { checkName, formatReference, parseReference } from './reference.ts';
