import { posix } from 'node:path';
import * as z from 'zod';
import { ImportError, MAX_JSON_BYTES, parseJson } from '#guards';
import { hdf5Entries } from '../../find-models.ts';
import { oncePerSource, type Source, withSiblings } from '../../source.ts';
import { isShardIndex, shardNames } from '../keras-3/shards.ts';

/** A file that holds a model's config. */
interface ConfigFile {
  readonly name: string;
  readonly json: unknown;
  /** Of the Keras that wrote it, as far as it says. */
  readonly version: string | undefined;
}

export interface ConfigAndWeights {
  /** Where they are: the source that was given, with what lies beside a single file. */
  readonly source: Source;
  readonly configs: readonly ConfigFile[];
  /** Names of HDF5 files and of indices of shards. */
  readonly weights: readonly string[];
}

const schema = z.looseObject({
  class_name: z.string(),
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
  keras_version: z.string().optional().catch(undefined),
});

/** Configs and weights in a source, or beside the one of them that was given. @throws ImportError */
export const findConfigAndWeights = oncePerSource(findBoth);

async function findBoth(source: Source): Promise<ConfigAndWeights> {
  const own = await find(source);
  const [config] = own.configs;
  const [weights] = own.weights;
  if (source.kind !== 'file' || (config === undefined && weights === undefined)) return own;
  const names = config ? weightsNames(config.name) : configNames(weights as string);
  const beside = await withSiblings(source, names);
  const both = await find(beside);
  // Shards are named by their index, which is known only now.
  const shards = await Promise.all(both.weights.filter(isJson).map((name) => namesOfShards(beside, name)));
  return shards.length > 0 ? { ...both, source: await withSiblings(beside, shards.flat()) } : both;
}

async function find(source: Source): Promise<ConfigAndWeights> {
  const configs: ConfigFile[] = [];
  const weights = (await hdf5Entries(source)).filter(({ holds }) => holds === 'weights').map(({ name }) => name);
  for (const { name, bytes } of source.entries) {
    const json = isJson(name) && bytes <= MAX_JSON_BYTES ? await jsonOf(source, name) : undefined;
    const parsed = schema.safeParse(json);
    if (parsed.success) configs.push({ name, json, version: parsed.data.keras_version });
    else if (isShardIndex(json)) weights.push(name);
  }
  // The shards are parts of what the index names.
  const indices = weights.filter(isJson);
  if (indices.length === 0) return { source, configs, weights };
  const shards = new Set((await Promise.all(indices.map((name) => namesOfShards(source, name)))).flat());
  // Those of an earlier save with more shards may lie there too.
  const isShard = (name: string) => shards.has(name) || /_\d{5}\.weights\.h5$/.test(name);
  return { source, configs, weights: weights.filter((name) => !isShard(name)) };
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}

/** `undefined` for what is not JSON: another format's file is not known to be a config. */
async function jsonOf(source: Source, name: string): Promise<unknown> {
  try {
    const json = parseJson(await source.read(name, MAX_JSON_BYTES), name);
    // `json.dump(model.to_json(), file)` writes JSON within a JSON string.
    return typeof json === 'string' ? parseJson(json, name) : json;
  } catch (error) {
    if (error instanceof ImportError && error.code === 'file-damaged') return undefined;
    throw error;
  }
}

async function namesOfShards(source: Source, index: string): Promise<string[]> {
  return shardNames(parseJson(await source.read(index, MAX_JSON_BYTES), index), index);
}

/** Names that people give to a config beside weights of this name. */
function configNames(weights: string): string[] {
  const base = posix.basename(weights).replace(/(\.weights|_weights)?\.\w+$/, '');
  return ['model.json', 'config.json', `${base}.json`, `${base}_config.json`, 'architecture.json', 'model_config.json'];
}

/** Names that people give to weights beside a config of this name. */
function weightsNames(config: string): string[] {
  const base = posix.basename(config).replace(/\.\w+$/, '');
  const names = [...new Set([base, 'model'])].flatMap((name) => [`${name}.weights`, `${name}_weights`, name]);
  const files = [...names, 'weights'].flatMap((name) => [`${name}.h5`, `${name}.hdf5`]);
  return [...files, `${base}.weights.json`, 'model.weights.json'];
}
