import { posix } from 'node:path';
import { expected } from '@freezeframe/inference';
import { ImportError, MAX_JSON_BYTES, parseJson } from '#guards';
import { oncePerSource, type Source } from '../../source.ts';

/** A `model.json` of TensorFlow.js, whatever the file is called. */
export interface ModelJson {
  /** Its name in the source. */
  readonly entry: string;
  /** Where its shards are: `''` or `my_model/`. */
  readonly folder: string;
  /** Layers: a Keras config. Graph: TensorFlow's operators. */
  readonly kind: 'layers' | 'graph';
  /** `modelTopology`: an object. */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The one `model.json` in a source.
 * @throws ImportError `format-unknown` where several lie equally deep
 */
export const findModelJson = oncePerSource(search);

async function search(source: Source): Promise<ModelJson | undefined> {
  const candidates = source.entries.filter(({ name, bytes }) => isJson(name) && bytes <= MAX_JSON_BYTES);
  const depths = [...new Set(candidates.map(({ name }) => depthOf(name)))].sort((a, b) => a - b);
  for (const depth of depths) {
    const models: ModelJson[] = [];
    for (const { name } of candidates.filter((candidate) => depthOf(candidate.name) === depth)) {
      const model = await readModelJson(source, name);
      if (model) models.push(model);
    }
    if (models.length === 1) return models[0];
    if (models.length > 1) throw several(source, models);
  }
  return undefined;
}

/** macOS puts a `._name` beside each file that it packs. */
function isJson(name: string): boolean {
  return name.toLowerCase().endsWith('.json') && !posix.basename(name).startsWith('._');
}

function depthOf(name: string): number {
  return name.split('/').length;
}

function several(source: Source, models: readonly ModelJson[]): ImportError {
  const entries = models.map(({ entry }) => entry);
  return new ImportError('format-unknown', expected('one model', source.path, entries), {
    details: { entries },
    remedy: 'Give the folder of one of them.',
  });
}

async function readModelJson(source: Source, entry: string): Promise<ModelJson | undefined> {
  const json = await readObject(async () => parseJson(await source.read(entry, MAX_JSON_BYTES), entry));
  if (!json) return undefined;
  const { modelTopology } = json;
  // Early TensorFlow.js wrote the topology as text within the JSON.
  const topology = await readObject(async () =>
    typeof modelTopology === 'string' ? parseJson(modelTopology, 'modelTopology') : modelTopology,
  );
  if (!topology) return undefined;
  const kind = Array.isArray(topology.node) ? 'graph' : 'layers';
  return { entry, folder: entry.slice(0, entry.length - posix.basename(entry).length), kind, topology, json };
}

/** `undefined` for anything but an object: another format's file, or a damaged one, is not known to be a model. */
async function readObject(read: () => Promise<unknown>): Promise<Record<string, unknown> | undefined> {
  try {
    const value = await read();
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}
