import {
  type Classifier,
  decodePicture,
  elementCount,
  expected,
  type InferRequest,
  namesOf,
  RequestError,
  type TensorData,
  usableCpus,
} from '@freezeframe/inference';
import { decodeBase64 } from '../base64.ts';
import { MAX_PICTURES } from '../limits.ts';
import { measure } from '../observe/metrics.ts';
import { isRecord } from '../record.ts';
import { inParallel } from '../runtime/pool.ts';

/**
 * Encoded pictures as the batch that the model takes, by the input's name.
 * @throws RequestError `picture-not-taken`, `request-invalid`; PictureError of the first that cannot be used.
 */
export async function pictureFeeds(
  { manifest }: Classifier,
  pictures: readonly Uint8Array[],
): Promise<Record<string, TensorData>> {
  const { input } = manifest;
  if (input.kind !== 'picture') {
    throw new RequestError('picture-not-taken', `The model ${manifest.name} takes tensors, not pictures`);
  }
  if (pictures.length > MAX_PICTURES) {
    throw new RequestError(
      'request-invalid',
      expected(`at most ${MAX_PICTURES} pictures`, 'the request', pictures.length),
    );
  }
  const started = performance.now();
  const pixels = await inParallel(pictures, usableCpus(), (picture) => decodePicture(picture, input));
  measure('DecodeMs', performance.now() - started, { model: manifest.name, version: manifest.version });
  const shape = [pictures.length, input.height, input.width, input.channels];
  const data = new Uint8Array(elementCount(shape));
  for (const [index, one] of pixels.entries()) data.set(one, index * one.length);
  return { [input.name]: { datatype: 'UINT8', shape, data } };
}

/** A `BYTES` tensor: encoded pictures in place of pixels. */
interface BytesTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The pictures themselves, or base64 of each, as the tensor is nested. */
  readonly data: readonly unknown[];
}

/**
 * The pixels of a `BYTES` tensor.
 * @param where what it is called in messages: `inputs[0]`.
 * @throws RequestError `tensor-value`, `tensor-length`, `tensor-unknown`, and as {@link pictureFeeds}.
 */
export async function readPictures(
  classifier: Classifier,
  { name, shape, data }: BytesTensor,
  where: string,
): Promise<TensorData> {
  const pictures = data.flat().map((item) => (item instanceof Uint8Array ? item : fromBase64(item, where)));
  if (pictures.length !== elementCount(shape)) {
    throw new RequestError('tensor-length', expected(`${elementCount(shape)} elements`, where, pictures.length));
  }
  const decoded = (await pictureFeeds(classifier, pictures))[name];
  if (decoded) return decoded;
  throw new RequestError('tensor-unknown', expected(namesOf(classifier.inputs), 'the name of an input', name));
}

/**
 * Tensors of an Open Inference Protocol request whose `BYTES` are pixels: what asks a model knows no pictures. All else, what is
 * wrong among it, stays for that to read.
 * @throws as {@link readPictures}.
 */
export async function withPixels(
  classifier: Classifier,
  inputs: InferRequest['inputs'],
): Promise<InferRequest['inputs']> {
  if (!Array.isArray(inputs) || !inputs.some(isBytesTensor)) return inputs;
  const read: unknown[] = [...inputs];
  // One after the other: the first that is wrong ends it, however many there are.
  for (const [index, input] of read.entries()) {
    if (!isBytesTensor(input)) continue;
    const { datatype, shape, data } = await readPictures(classifier, input, `inputs[${index}]`);
    read[index] = { ...input, datatype, shape, data: Array.from(data as Uint8Array) };
  }
  return read as InferRequest['inputs'];
}

function isBytesTensor(input: unknown): input is BytesTensor {
  if (!isRecord(input) || input.datatype !== 'BYTES') return false;
  const { name, shape, data } = input;
  return typeof name === 'string' && Array.isArray(shape) && shape.every(Number.isSafeInteger) && Array.isArray(data);
}

function fromBase64(item: unknown, where: string): Uint8Array {
  const bytes = typeof item === 'string' ? decodeBase64(item) : undefined;
  if (!bytes) throw new RequestError('tensor-value', expected('base64 (BYTES)', `${where}.data`, item));
  return bytes;
}
