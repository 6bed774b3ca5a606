export { copyVersion } from './copy.ts';
export type { Listing, ModelStore, ModelVersion, StoredModel } from './model-store.ts';
export { defaultStore, openStore } from './places.ts';
export { allInProduction, productionOf, productionText } from './production.ts';
export { prune } from './prune.ts';
export { readModel } from './read-version.ts';
export { checkName } from './reference.ts';
