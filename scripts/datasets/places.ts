import { join, resolve } from 'node:path';
import { defaultStore } from '#store';
import type { DatasetOptions } from './dataset.ts';

/** Folders for what data sets leave on disk: `cache` may be deleted at any time, `data` is for people to look at. */
export function placesOf(options: Pick<DatasetOptions, 'cacheDir'>): { cache: string; data: string } {
  if (options.cacheDir !== undefined) {
    const cache = resolve(options.cacheDir);
    return { cache, data: join(cache, 'drawn') };
  }
  const store = resolve(defaultStore());
  return { cache: join(store, 'cache', 'datasets'), data: join(store, 'datasets') };
}
