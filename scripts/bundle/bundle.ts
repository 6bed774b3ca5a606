import { rm, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defaultStore, type ModelStore, openStore } from '#store';
import { EPOCH, listTree, writeTree } from './files/tree.ts';
import { alone } from './lock.ts';
import { type Origin, originHere } from './origin/origin.ts';
import { publish, readRecords, removeAbandoned, stagingName } from './publish.ts';
import { checkLimit, deployedSize, UNZIPPED_LIMIT, type UnitSize } from './sizes.ts';
import { type Architecture, LAMBDA_ARCHITECTURE } from './target.ts';
import { hashInputs, isCurrent, type Unit, type UnitRecord } from './unit.ts';
import { chooseModels, listUnits } from './units.ts';

export interface BundleOptions {
  /** References (`NAME`, `NAME@3`, ...), the default first. Left out: every model's production version. */
  readonly models?: readonly string[];
  readonly arch: Architecture;
  /** `linux` is what Lambda runs; another one is for trying things on this machine. */
  readonly platform?: NodeJS.Platform;
  /** Where the models are; the store that `FREEZEFRAME_STORE` names if left out. */
  readonly store?: ModelStore;
  /** `build` if left out. */
  readonly outDir?: string;
  readonly origin?: Origin;
  /** Where natives of other platforms are kept once fetched. */
  readonly cacheDir?: string;
  /** Bytes, unzipped. */
  readonly limit?: number;
  /** Called before each step with how many are done, how many there are, and what comes next. */
  readonly progress?: (done: number, total: number, note: string) => void;
}

export interface Bundle {
  readonly outDir: string;
  readonly platform: NodeJS.Platform;
  /** As Lambda calls it. */
  readonly architecture: string;
  /** `NAME@VERSION`, the default first. */
  readonly models: readonly string[];
  /** The references that were asked for; absent where it was every production version. */
  readonly chosen?: readonly string[];
  readonly units: readonly UnitSize[];
  readonly total: UnitSize;
  readonly limit: number;
  /** Names of the units that had to be made again; the others were found current. */
  readonly rebuilt: readonly string[];
}

/**
 * Makes what is deployed: `functions/<name>/` and `layers/{inference,model}/` (each the content of /opt) below `outDir`, a
 * zip beside each, and `bundle.json`, which says what they are. The same input gives the same bytes; a unit whose inputs have
 * not changed is left alone; a failure leaves all that was there before. Of two at once one waits for the other.
 * @throws FreezeframeError `bundle-too-large`, `bundle-failed`, `no-models`, and the store's and natives' codes.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { arch, platform = 'linux', limit = UNZIPPED_LIMIT, progress = () => {} } = options;
  const origin = options.origin ?? originHere();
  const { root } = origin;
  const outDir = resolve(options.outDir ?? 'build');
  const cache = resolve(options.cacheDir ?? join(defaultStore(), 'cache', 'natives'));
  const models = await chooseModels(options.store ?? openStore(), options.models);

  const units = await listUnits(origin, { platform, arch }, cache, models);
  return alone(outDir, 'building', async () => {
    const before = await readRecords(outDir);
    const records: Record<string, UnitRecord> = {};
    const rebuilt: string[] = [];
    const staging = join(outDir, stagingName(process.pid));
    await removeAbandoned(outDir);
    try {
      for (const [done, unit] of units.entries()) {
        progress(done, units.length, unit.name);
        const known = before[unit.name];
        if (known && (await isCurrent(root, outDir, unit, known))) {
          records[unit.name] = known;
        } else {
          records[unit.name] = await stage(root, staging, unit);
          rebuilt.push(unit.name);
        }
      }
      progress(units.length, units.length, '');
      const sizes = units.map(({ name }) => {
        const { zipped, unzipped } = records[name] as UnitRecord;
        return { name, zipped, unzipped };
      });
      checkLimit(sizes, limit);
      const summary = {
        platform,
        architecture: LAMBDA_ARCHITECTURE[arch],
        models: models.map(({ name, version }) => `${name}@${version}`),
        ...(options.models?.length ? { chosen: options.models } : {}),
        units: sizes,
        total: deployedSize(sizes),
        limit,
      };
      await alone(outDir, 'publishing', () => publish(outDir, staging, rebuilt, summary, records));
      return { outDir, ...summary, rebuilt };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

async function stage(root: string, staging: string, unit: Unit): Promise<UnitRecord> {
  const { tree, inputs } = await unit.build();
  const folder = join(staging, unit.name);
  await writeTree(tree, folder);
  const { zipTree } = await import('./files/zip.ts');
  const zip = await zipTree(tree);
  await writeFile(`${folder}.zip`, zip);
  await utimes(`${folder}.zip`, EPOCH, EPOCH);
  const files = await listTree(folder);
  return {
    key: unit.key,
    inputs: await hashInputs(root, inputs),
    outputs: Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])),
    unzipped: files.reduce((sum, { bytes }) => sum + bytes, 0),
    zipped: zip.length,
  };
}
