export type { DamagedModel, Listing, ModelStore, StoredModel } from './model-store.ts';
export { checkName } from './names.ts';
export { formatReference, parseReference } from './reference.ts';
export { defaultStore, openStore } from './store.ts';
