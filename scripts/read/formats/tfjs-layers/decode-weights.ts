import { expected } from '@freezeframe/inference';
import { checkLimit, ImportError, MAX_UNPACKED_BYTES } from '#guards';
import { type DecodedWeight, float16ToNumber } from '#tensorflow';
import type { Source } from '../../source.ts';
import type { ModelJson } from './model-json.ts';
import {
  parseWeightsManifest,
  shardEntry,
  storedBytes,
  storedType,
  type WeightEntry,
  type WeightGroup,
} from './weights-manifest.ts';

/** A tensor of a `weightsManifest`, as numbers. */
/**
 * Reads the shards that a `model.json` names and undoes their quantization, as TensorFlow.js does when it loads them.
 * @throws ImportError `not-found` for a missing shard, `file-damaged` where the shards are not as long as the tensors,
 *   `file-hostile` for paths that leave the folder, `bad-weights`, `limit-exceeded`
 */
export async function readWeights(source: Source, model: ModelJson): Promise<DecodedWeight[]> {
  const groups = parseWeightsManifest(model.json.weightsManifest, model.entry);
  const planned = groups.map((group) => planGroup(source, model.folder, group));
  const total = planned.reduce((n, { bytes }) => n + bytes, 0);
  checkLimit(total, MAX_UNPACKED_BYTES, 'bytes', 'the weights');
  const weights: DecodedWeight[] = [];
  for (const { group, entries, bytes } of planned) {
    weights.push(...decodeGroup(group, await readShards(source, entries, bytes)));
  }
  return weights;
}

interface PlannedGroup {
  readonly group: WeightGroup;
  readonly entries: readonly string[];
  readonly bytes: number;
}

/** Compares sizes before a byte is read. */
function planGroup(source: Source, folder: string, group: WeightGroup): PlannedGroup {
  const entries = group.paths.map((path) => shardEntry(folder, path));
  const sizes = entries.map((name) => source.entries.find((entry) => entry.name === name)?.bytes);
  const missing = entries.filter((_, i) => sizes[i] === undefined);
  if (missing.length > 0) {
    throw new ImportError(
      'not-found',
      expected('the files of the weights', source.path, `none called ${missing.join(', ')}`),
      {
        details: { missing },
        remedy:
          'Give the folder or zip that holds model.json and all files it names (weights.bin, group1-shard1of1.bin, ...).',
      },
    );
  }
  const received = sizes.reduce<number>((n, size) => n + (size ?? 0), 0);
  const bytes = group.weights.reduce((n, weight) => n + storedBytes(weight), 0);
  if (received !== bytes) {
    throw new ImportError('file-damaged', expected(`${bytes} bytes`, entries.join(' + ') || 'the weights', received), {
      details: { files: entries, expected: bytes, received },
      remedy: 'A file of the weights was cut short or is another model’s: export or download the model again.',
    });
  }
  return { group, entries, bytes };
}

async function readShards(source: Source, entries: readonly string[], bytes: number): Promise<Uint8Array> {
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const entry of entries) {
    const shard = await source.read(entry, bytes - at);
    joined.set(shard, at);
    at += shard.length;
  }
  if (at !== bytes) throw new ImportError('file-damaged', expected(`${bytes} bytes`, entries.join(' + '), at));
  return joined;
}

function decodeGroup(group: WeightGroup, bytes: Uint8Array): DecodedWeight[] {
  let at = 0;
  return group.weights.map((entry) => {
    const size = storedBytes(entry);
    // A copy of its own: typed arrays want to begin at a multiple of their item's size.
    const stored = bytes.slice(at, at + size);
    at += size;
    return decode(entry, stored);
  });
}

function decode(entry: WeightEntry, bytes: Uint8Array): DecodedWeight {
  const { name, shape, quantization } = entry;
  const stored = storedValues(storedType(entry), bytes);
  const whole = entry.dtype === 'int32';
  if (quantization && quantization.dtype !== 'float16') {
    const { scale, min } = quantization;
    if (scale === undefined || min === undefined) {
      throw new ImportError(
        'bad-weights',
        expected('scale and min', `the quantization of weight ${name}`, quantization),
      );
    }
    if (whole)
      return { name, shape, datatype: 'int32', data: Int32Array.from(stored, (v) => Math.round(v * scale + min)) };
    return { name, shape, datatype: 'float32', data: Float32Array.from(stored, (v) => v * scale + min) };
  }
  if (stored instanceof Float32Array) return { name, shape, datatype: 'float32', data: stored };
  if (entry.dtype === 'bool')
    return { name, shape, datatype: 'bool', data: Uint8Array.from(stored, (v) => (v === 0 ? 0 : 1)) };
  return { name, shape, datatype: 'int32', data: Int32Array.from(stored) };
}

/** Files are little endian, as every machine that Node 20 runs on is. */
function storedValues(type: string, { buffer }: Uint8Array): Float32Array | Int32Array | Uint16Array | Uint8Array {
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'float16') return Float32Array.from(new Uint16Array(buffer), float16ToNumber);
  if (type === 'int32') return new Int32Array(buffer);
  return type === 'uint16' ? new Uint16Array(buffer) : new Uint8Array(buffer);
}
