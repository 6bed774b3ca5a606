import { ImportError } from '#guards';
import { isHdf5 } from '../../containers/hdf5/open-hdf5.ts';
import { UNPICKLE_MODEL } from '../../pickle/callables/keras.ts';
import { rawBytes } from '../../pickle/callables/numpy.ts';
import {
  describeValue,
  isKind,
  itemsOf,
  type NdArray,
  type PickleValue,
  type PyObject,
} from '../../pickle/machine/values.ts';
import { isZip } from '../../source.ts';

/** The Keras model in a pickle: a file in memory, or a config and the arrays that belong to it. */
export type Payload =
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly from: string }
  | { readonly kind: 'parts'; readonly config: PickleValue; readonly weights: readonly NdArray[] | WeightsByLayer };

type WeightsByLayer = ReadonlyMap<string, readonly NdArray[]>;

/** Names that people give to the two halves, as `model.get_config()` and `model.get_weights()` gave them. */
const CONFIG_KEYS = ['model_config', 'config', 'architecture', 'model', 'model_json', 'json'];
const WEIGHTS_KEYS = ['weights', 'model_weights'];

/**
 * Finds the one model in what was unpickled, at most two containers deep: `{'model': model, 'classes': [...]}`.
 * @throws ImportError `format-unknown`, `option-mismatch` for a scaler or encoder, `weights-only`
 */
export function findPayload(root: PickleValue): Payload {
  const found = search(root, 2);
  const [only] = found;
  if (found.length === 1 && only) return only;
  if (found.length > 1) {
    throw new ImportError('format-unknown', `The pickle holds ${found.length} models`, {
      remedy: 'Save the one that is meant alone, with model.save("model.keras").',
    });
  }
  throw nothingFound(root);
}

function search(value: PickleValue, depth: number): Payload[] {
  const own = payloadOf(value);
  if (own) return [own];
  if (depth === 0) return [];
  const inside = isKind(value, 'dict') ? [...value.entries.values()] : (itemsOf(value) ?? []);
  // The same object twice is one model.
  return [...new Set(inside)].flatMap((item) => search(item, depth - 1));
}

function payloadOf(value: PickleValue): Payload | undefined {
  if (value instanceof Uint8Array) return isModelFile(value) ? fileOf(value, 'bytes') : undefined;
  if (isKind(value, 'object')) return objectPayload(value);
  if (isKind(value, 'dict')) {
    const get = (keys: readonly string[]) =>
      keys.map((key) => value.entries.get(key)).find((item) => item !== undefined);
    return partsOf(get(CONFIG_KEYS), get(WEIGHTS_KEYS));
  }
  const items = itemsOf(value);
  return items?.length === 2 ? partsOf(items[0], items[1]) : undefined;
}

function objectPayload({ type, args, state }: PyObject): Payload | undefined {
  if (type.endsWith(`.${UNPICKLE_MODEL}`) || type.endsWith('.deserialize_model_from_bytecode')) {
    const bytes = contentOf(args[0]);
    if (!bytes) throw new ImportError('file-damaged', `The pickled model (${type}) has no content`);
    if (isTar(bytes)) throw savedModel(type);
    return fileOf(bytes, type);
  }
  // What many people add to Keras themselves: `__getstate__` answers the bytes of a file that the model was saved to.
  if (!isKind(state, 'dict')) return undefined;
  const files = [...state.entries.values()].map(contentOf).filter((bytes) => bytes && isModelFile(bytes));
  return files.length === 1 ? fileOf(files[0] as Uint8Array, type) : undefined;
}

/** Bytes, an io.BytesIO of them, or an array of uint8. */
function contentOf(value: PickleValue | undefined): Uint8Array | undefined {
  if (isKind(value, 'ndarray')) return value.dtype.code === 'u' && value.dtype.size === 1 ? value.raw : undefined;
  if (!isKind(value, 'object') || !value.type.endsWith('.BytesIO')) return rawBytes(value);
  return rawBytes(itemsOf(value.state)?.[0] ?? value.args[0]);
}

function fileOf(bytes: Uint8Array, from: string): Payload {
  return { kind: 'file', bytes, from };
}

function isModelFile(bytes: Uint8Array): boolean {
  return isZip(bytes) || isHdf5(bytes);
}

function isTar(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
}

function partsOf(config: PickleValue | undefined, weights: PickleValue | undefined): Payload | undefined {
  const isConfig = isKind(config, 'dict') || (typeof config === 'string' && config.trimStart().startsWith('{'));
  const arrays = weights === undefined || !isConfig ? undefined : (arraysOf(weights) ?? byLayer(weights));
  return arrays && config !== undefined ? { kind: 'parts', config, weights: arrays } : undefined;
}

function arraysOf(value: PickleValue): readonly NdArray[] | undefined {
  const items = itemsOf(value);
  return items?.every((item): item is NdArray => isKind(item, 'ndarray')) ? items : undefined;
}

/** `{layer.name: layer.get_weights()}` */
function byLayer(value: PickleValue): WeightsByLayer | undefined {
  if (!isKind(value, 'dict')) return undefined;
  const lists = [...value.entries].map(([name, list]) => [name, arraysOf(list)] as const);
  const all = lists.every(
    (entry): entry is readonly [string, readonly NdArray[]] => typeof entry[0] === 'string' && !!entry[1],
  );
  return all ? new Map(lists as (readonly [string, readonly NdArray[]])[]) : undefined;
}

function nothingFound(root: PickleValue): ImportError {
  const what = describeValue(root);
  if (/sklearn/.test(what)) {
    const option = /Scaler$/.test(what) ? '--scaler (features) or --target-scaler (the answer)' : '--label-encoder';
    return new ImportError('option-mismatch', `The pickle holds no model but ${what}`, {
      remedy: `Import the model that it belongs to, and give this file with ${option}.`,
    });
  }
  if (arraysOf(root)?.length) {
    return new ImportError('weights-only', 'The pickle holds arrays of weights without the model they belong to', {
      remedy:
        'Save both, pickle.dump((model.get_config(), model.get_weights()), file), or the model: model.save("model.keras").',
    });
  }
  return new ImportError('format-unknown', `The pickle holds no Keras model but ${what}`, {
    remedy: 'Load it in Python where it is trusted, and save the model with model.save("model.keras").',
  });
}

function savedModel(type: string): ImportError {
  return new ImportError('format-unknown', `The pickled model (${type}) is a SavedModel, which only TensorFlow reads`, {
    remedy:
      'Load it in the TensorFlow that wrote it, and save it with model.save("model.keras") or model.save("model.h5").',
  });
}
