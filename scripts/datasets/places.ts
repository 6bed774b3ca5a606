import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

/** Writes a whole file or none: beside its place, flushed to the disk, then renamed. */
export async function writeWhole(file: string, parts: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    const handle = await open(partial, 'wx');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
