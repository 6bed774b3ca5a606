import { ImportError } from '#guards';
import type { FormatReader, ImportedModel } from '../../format-reader.ts';
import { compressionOf, decompress, peek } from '../../pickle/compression.ts';
import { PICKLE_LIMITS } from '../../pickle/limits.ts';
import { looksLikePickle, unpickle } from '../../pickle/unpickle.ts';
import { openBytes, type Source } from '../../source.ts';
import { keras2Reader } from '../keras-2/reader.ts';
import { keras3Reader } from '../keras-3/reader.ts';
import { hdf5ModelReader } from '../keras-hdf5/reader.ts';
import { modelOfParts } from './config-and-arrays.ts';
import { findPayload, type Payload } from './payload.ts';

/** Enough for a compressor to give its first block. */
const HEAD = 4_096;

/** A zip or folder with more files is something else, one of whose files may be a pickle (PyTorch's are). */
const MOST_ENTRIES = 20;

/** What is found inside a pickle is a file of one of these formats. */
const INSIDE: readonly FormatReader[] = [keras3Reader, keras2Reader, hdf5ModelReader];

/** Keras models in Python pickles and joblib files. Nothing of the pickle is run. */
export const pickleReader: FormatReader = {
  format: 'pickle',
  title: 'Keras in a Python pickle (.sav, .pkl, .pickle, .joblib)',
  recognises: async (source) => (await pickles(source)).length === 1,
  read: async (source) => {
    const [entry] = await pickles(source);
    if (entry === undefined) throw new ImportError('format-unknown', `${source.path} holds no pickle`);
    const bytes = decompress(await source.read(entry, PICKLE_LIMITS.length));
    return modelOf(findPayload(unpickle(bytes)), source.path);
  },
};

async function pickles(source: Source): Promise<string[]> {
  if (source.entries.length > MOST_ENTRIES) return [];
  const found: string[] = [];
  for (const { name, bytes } of source.entries) {
    if (bytes > 0 && isPickle(await source.head(name, HEAD), name)) found.push(name);
  }
  return found;
}

/** What cannot be looked into (xz, bzip2) may be one by its name, so that people are told why it is not read. */
function isPickle(head: Uint8Array, name: string): boolean {
  const compression = compressionOf(head);
  if (compression && /^(bzip2|xz|lzma|lz4)$/.test(compression)) return /\.(pkl|pickle|sav|joblib)(\.\w+)?$/i.test(name);
  return looksLikePickle(peek(head));
}

async function modelOf(payload: Payload, path: string): Promise<ImportedModel> {
  if (payload.kind === 'parts') {
    const notes = ['The pickle holds a config and a list of weights, which were matched by their order.'];
    return { kind: 'keras', format: 'pickle', ...modelOfParts(payload), notes };
  }
  const inner = await openBytes(path, payload.bytes);
  try {
    for (const reader of INSIDE) {
      if (!(await reader.recognises(inner))) continue;
      const model = await reader.read(inner);
      return { ...model, format: 'pickle', notes: [`The pickle holds a file: ${reader.title}.`, ...model.notes] };
    }
  } finally {
    await inner.close();
  }
  throw new ImportError('file-damaged', `What ${payload.from} holds in the pickle is no whole Keras model`, {
    remedy: 'Load it in Python where it is trusted, and save it with model.save("model.keras").',
  });
}
