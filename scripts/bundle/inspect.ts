import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defaultStore, openStore } from '#store';
import type { Bundle, BundleOptions } from './bundle.ts';
import { originHere } from './origin/origin.ts';
import { isUnfinished, readRecords } from './publish.ts';
import { isCurrent } from './unit.ts';
import { chooseModels, listUnits } from './units.ts';

export interface BuildState {
  /** What the last bundle made; undefined where there is none, or it was ended half-way. */
  readonly built: Omit<Bundle, 'outDir' | 'rebuilt'> | undefined;
  /** Units that the same bundle would make again now. */
  readonly changed: readonly string[];
}

/**
 * Looks at a build folder and changes nothing: is it what `bundle` with these options would make? Where no models are named,
 * they are those that the last bundle was asked for.
 * @throws FreezeframeError the store's codes.
 */
export async function inspectBuild(options: Omit<BundleOptions, 'limit' | 'progress'>): Promise<BuildState> {
  const { arch, platform = 'linux', store = openStore() } = options;
  const origin = options.origin ?? originHere();
  const outDir = resolve(options.outDir ?? 'build');
  const cache = resolve(options.cacheDir ?? join(defaultStore(), 'cache', 'natives'));
  const built = await readBundle(outDir);
  const models = await chooseModels(store, options.models ?? built?.chosen);
  const records = await readRecords(outDir);
  const changed: string[] = [];
  for (const unit of await listUnits(origin, { platform, arch }, cache, models)) {
    if (!(await isCurrent(origin.root, outDir, unit, records[unit.name]))) changed.push(unit.name);
  }
  return { built, changed };
}

/** The summary of the last bundle. */
export async function readBundle(outDir: string): Promise<BuildState['built']> {
  if (await isUnfinished(outDir)) return undefined;
  return readFile(join(outDir, 'bundle.json'), 'utf8').then(JSON.parse, () => undefined);
}
