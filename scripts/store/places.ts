import { join } from 'node:path';
import { FolderStore } from './folder-store.ts';
import type { ModelStore } from './model-store.ts';
import { S3Store } from './s3/s3-store.ts';

/** Where models are kept unless told otherwise: what `FREEZEFRAME_STORE` says, or `.freezeframe` in the folder one works in. */
function storePlace(): string {
  return process.env.FREEZEFRAME_STORE || '.freezeframe';
}

/** The store's folder of this machine, for caches, trained models and keys. Models in S3 have one beside them. */
export function defaultStore(): string {
  return isUrl(storePlace()) ? '.freezeframe' : storePlace();
}

/**
 * Opens a store: a folder, or `s3://bucket/prefix`. Makes nothing until something is saved.
 * @throws FreezeframeError `store-not-valid`.
 */
export function openStore(place: string = storePlace()): ModelStore {
  // What is a URL and not of S3 is refused there: a folder of that name would be a surprise.
  return isUrl(place) ? new S3Store(place, join(defaultStore(), 'cache', 'models')) : new FolderStore(place);
}

/** Two letters at least: `C:` is a drive. */
function isUrl(place: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(place);
}
