import { join } from 'node:path';
import { expected, FreezeframeError } from '@freezeframe/inference';
import type { DatasetKind, DatasetOptions } from '../dataset.ts';
import { loadFolder } from '../folder/folder.ts';
import { placesOf } from '../places.ts';

/** Garden gnomes and what could be taken for one, drawn by ourselves: nothing to download, nobody's rights. */
export const gnomes: DatasetKind = {
  spec: 'gnomes',
  summary: 'garden-gnome / not-a-garden-gnome, 1,600 drawn pictures',
  claims: async (spec) => spec === 'gnomes',
  load: async (_spec, options) => loadFolder(await drawn(options), 'gnomes', options),
  folder: async (_spec, options) => ({ root: await drawn(options), name: 'gnomes' }),
};

/** The folder of the pictures, drawn unless that has been done. */
async function drawn(options: DatasetOptions): Promise<string> {
  const { seed = 1 } = options;
  if (!Number.isSafeInteger(seed))
    throw new FreezeframeError('used-wrongly', expected('a whole number', 'the seed', seed));
  const folder = join(placesOf(options).data, seed === 1 ? 'gnomes' : `gnomes-${seed}`);
  // Drawing is loaded when something is drawn, not for a help text.
  const { DEFAULT_PLAN, ensureSet } = await import('./draw-set.ts');
  await ensureSet(folder, { ...DEFAULT_PLAN, seed });
  return folder;
}
