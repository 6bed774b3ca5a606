import { FolderStore } from './folder-store.ts';
import type { ModelStore } from './model-store.ts';

/** Where the store is unless told otherwise: `FREEZEFRAME_STORE`, or `.freezeframe` in the folder one works in. */
export function defaultStore(): string {
  return process.env.FREEZEFRAME_STORE || '.freezeframe';
}

/** Opens a store. Makes nothing on disk until something is saved. */
export function openStore(root: string = defaultStore()): ModelStore {
  return new FolderStore(root);
}
