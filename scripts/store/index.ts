export type { Listing, ModelStore, ModelVersion, StoredModel } from './model-store.ts';
export { defaultStore, openStore } from './places.ts';
export { productionOf, productionText } from './production.ts';
export { checkName } from './reference.ts';
