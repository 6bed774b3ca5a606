import {
  type Classifier,
  checkBatch,
  type EngineTensor,
  expected,
  namesOf,
  PictureError,
  RequestError,
  readValues,
  type TensorData,
  writeTensor,
} from '@freezeframe/inference';
import * as z from 'zod/mini';
import { decodeBase64 } from '../../shared/base64.ts';
import { isRecord } from '../../shared/record.ts';
import { once } from '../../shared/runtime/once.ts';
import { pictureFeeds } from '../../shared/tensors/pictures.ts';
import { type Feeds, nested } from './feeds.ts';

// The JSON of TensorFlow Serving and MLflow has no shapes or datatypes: they are found in the nesting and in the model.

/** Whole tensors: by name, or the one input alone. */
export const columns = once(() => z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]));

/** `{"b64": "..."}` is how both write bytes. */
interface Bytes {
  readonly b64: string;
}

/**
 * The row form: one entry for each row of the batch. Each is the value of the one input, or an object of inputs by name,
 * or of features by name. For a model of pictures it may be an encoded picture.
 * @throws RequestError `request-invalid`, `tensor-*`, `picture-not-taken`; PictureError.
 */
export async function rowFeeds(classifier: Classifier, rows: readonly unknown[], where: string): Promise<Feeds> {
  if (rows.length === 0) throw new RequestError('request-invalid', expected('at least one row', where, rows));
  const { inputs } = classifier;
  const columns: Record<string, unknown[]> = Object.create(null);
  for (const [index, row] of rows.entries()) {
    const values = rowValues(classifier, row, `${where}[${index}]`);
    for (const { name } of inputs) {
      if (!Object.hasOwn(values, name)) {
        throw new RequestError('tensor-missing', expected(`a value for ${name}`, `${where}[${index}]`, undefined));
      }
      columns[name] ??= [];
      columns[name].push(values[name]);
    }
  }
  return columnFeeds(classifier, columns, where);
}

/**
 * The column form: whole tensors by name, or the one input's alone.
 * @throws as {@link rowFeeds}.
 */
export async function columnFeeds(classifier: Classifier, value: unknown, where: string): Promise<Feeds> {
  const { inputs, manifest } = classifier;
  const [first] = inputs;
  const columns = isRecord(value) && !isBytes(value) ? value : { [first?.name ?? '']: value };
  for (const name of Object.keys(columns)) {
    if (!inputs.some((input) => input.name === name)) {
      throw new RequestError('tensor-unknown', expected(namesOf(inputs), `the name of an input in ${where}`, name));
    }
  }
  const feeds: Feeds = {};
  for (const input of inputs) {
    const column = Object.hasOwn(columns, input.name) ? columns[input.name] : undefined;
    const pictures = manifest.input.kind === 'picture' ? picturesIn(column) : undefined;
    if (pictures) Object.assign(feeds, await pictureFeeds(classifier, pictures));
    else feeds[input.name] = tensorOf(input, column, `${where}.${input.name}`);
  }
  checkBatch(inputs, feeds);
  return feeds;
}

/**
 * Outputs in the row form: one entry for each row; an object by name where there are several outputs.
 * @throws ModelError `model-output-invalid` for what JSON cannot hold.
 */
export function rowAnswers(outputs: readonly EngineTensor[], results: Feeds): unknown[] {
  const columns = columnsOf(outputs, results);
  const [only, ...more] = Object.values(columns);
  if (only && more.length === 0) return only;
  const rows = Math.min(...Object.values(columns).map((column) => column.length));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[row]])),
  );
}

/** Outputs in the column form: whole tensors, by name where there are several. @throws as {@link rowAnswers}. */
export function columnAnswers(outputs: readonly EngineTensor[], results: Feeds): unknown {
  const columns = columnsOf(outputs, results);
  const [only, ...more] = Object.values(columns);
  return more.length === 0 ? only : columns;
}

function columnsOf(outputs: readonly EngineTensor[], results: Feeds): Record<string, unknown[]> {
  return Object.fromEntries(
    outputs.map(({ name }) => {
      const { shape, data } = writeTensor(name, results[name] as TensorData);
      return [name, nested(data, shape)];
    }),
  );
}

/** The inputs of one row by name. */
function rowValues({ inputs, manifest }: Classifier, row: unknown, where: string): Record<string, unknown> {
  const only = inputs.length === 1 ? (inputs[0] as EngineTensor).name : undefined;
  if (!isRecord(row) || isBytes(row)) {
    if (only !== undefined) return { [only]: row };
    throw new RequestError('request-invalid', expected('an object of inputs by name', where, row));
  }
  const names = Object.keys(row);
  if (names.every((name) => inputs.some((input) => input.name === name))) return row;
  const features = manifest.input.kind === 'tensors' ? manifest.input.features : undefined;
  if (only !== undefined && features && names.every((name) => features.some((feature) => feature.name === name))) {
    return { [only]: features.map(({ name }) => (Object.hasOwn(row, name) ? row[name] : undefined)) };
  }
  // A picture under a name of the caller's: image_bytes, image/encoded, ...
  const [single, ...more] = Object.values(row);
  const picture = manifest.input.kind === 'picture' && typeof single === 'string';
  if (only !== undefined && more.length === 0 && (picture || isBytes(single))) return { [only]: single };
  const known = [...inputs, ...(features ?? [])].map(({ name }) => name).join(', ');
  throw new RequestError('tensor-unknown', expected(known, `the names in ${where}`, names));
}

/** The encoded pictures of a column, or undefined where it holds pixels. @throws PictureError, RequestError. */
function picturesIn(column: unknown): Uint8Array[] | undefined {
  const list = Array.isArray(column) ? column : [column];
  if (!list.some((item) => isBytes(item) || typeof item === 'string')) return undefined;
  return list.map((item, index) => {
    const text = isBytes(item) ? item.b64 : item;
    const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
    if (!bytes) throw new RequestError('request-invalid', expected('base64', `picture ${index}`, text));
    if (bytes.byteLength === 0) throw new PictureError('picture-empty', expected('a picture', `picture ${index}`, ''));
    return bytes;
  });
}

/** The shape is that of the first entries; that the others have it too is found while they are read. */
function tensorOf({ datatype, shape: wanted }: EngineTensor, value: unknown, where: string): TensorData {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner) && shape.length < wanted.length; inner = inner[0]) {
    shape.push(inner.length);
  }
  if (shape.length === 0 || shape.includes(0)) {
    throw new RequestError('tensor-shape', expected(`an array, ${wanted.length} deep`, where, value));
  }
  return { datatype, shape, data: readValues(value as unknown[], shape, datatype, where) };
}

function isBytes(value: unknown): value is Bytes {
  return isRecord(value) && typeof value.b64 === 'string';
}
