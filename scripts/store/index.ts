export { defaultStore, openStore } from './folder-store.ts';
export type { Listing, ModelStore, StoredModel } from './model-store.ts';
export { productionOf, productionText } from './production.ts';
export { checkName } from './reference.ts';
