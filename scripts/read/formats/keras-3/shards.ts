import { expected } from '@freezeframe/inference';
import * as z from 'zod';
import { ImportError, MAX_JSON_BYTES, parseJson } from '#guards';
import { type Hdf5File, openHdf5 } from '../../containers/hdf5/open-hdf5.ts';
import { safeEntryName } from '../../containers/zip/entry-name.ts';
import { hdf5WeightFile, type WeightFile } from '../../named-weights/weight-file.ts';
import type { Source } from '../../source.ts';

/** `weight_map`: a group of variables (`/layers/dense/vars`) and the file, or files, that hold it. */
const schema = z.looseObject({
  weight_map: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

/** Whether JSON is an index of shards. */
export function isShardIndex(json: unknown): boolean {
  return schema.safeParse(json).success;
}

/** The entries that an index names, beside it. @throws ImportError `file-damaged`, `file-hostile` for shards elsewhere */
export function shardNames(json: unknown, index: string): string[] {
  const folder = index.slice(0, index.lastIndexOf('/') + 1);
  return [...new Set(Object.values(weightMap(json, index)).flat())].map((name) => folder + safeEntryName(name));
}

function weightMap(json: unknown, index: string): Record<string, string | string[]> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new ImportError('file-damaged', expected('a weight_map', index, 'something else'));
  return parsed.data.weight_map;
}

/**
 * Opens the shards that an index (`*.weights.json`) names, beside it, for as long as `read` runs.
 * @throws ImportError `file-damaged`, `file-hostile` for shards elsewhere, `not-found`
 */
export async function withShards<T>(source: Source, index: string, read: (file: WeightFile) => T): Promise<T> {
  const json = parseJson(await source.read(index, MAX_JSON_BYTES), index);
  const folder = index.slice(0, index.lastIndexOf('/') + 1);
  const map = new Map(
    Object.entries(weightMap(json, index)).map(([at, names]) => [at.replace(/^\//, ''), [names].flat()]),
  );
  const files = new Map<string, Hdf5File>();
  try {
    for (const name of new Set([...map.values()].flat())) {
      const entry = folder + safeEntryName(name);
      files.set(name, await openHdf5(await source.read(entry), entry));
    }
    return read(acrossShards(map, files));
  } finally {
    for (const file of files.values()) await file.close();
  }
}

function acrossShards(map: ReadonlyMap<string, readonly string[]>, files: ReadonlyMap<string, Hdf5File>): WeightFile {
  const holder = (path: string): WeightFile | undefined => {
    const names = map.get(path.slice(0, path.lastIndexOf('/'))) ?? map.get(path) ?? [];
    const shards = names.flatMap((name) => files.get(name) ?? []).map(hdf5WeightFile);
    return shards.find((shard) => shard.shape(path) !== undefined);
  };
  return {
    shape: (path) => holder(path)?.shape(path),
    read: (path) => {
      const shard = holder(path);
      if (!shard) throw new ImportError('bad-weights', expected('a shard that holds it', path, undefined));
      return shard.read(path);
    },
    paths: () => [...files.values()].flatMap((file) => hdf5WeightFile(file).paths()),
  };
}
