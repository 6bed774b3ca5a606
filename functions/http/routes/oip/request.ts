import {
  type Classifier,
  checkBatch,
  checkElements,
  type Datatype,
  expected,
  RequestError,
  readValues,
  type TensorData,
} from '@freezeframe/inference';
import { readPictures } from '../../../shared/tensors/pictures.ts';
import { mediaType, parseBody, readBytes } from '../../body/read-body.ts';
import type { Feeds } from '../../tensors/feeds.ts';
import { elementsOf, valuesOf } from './bytes.ts';
import { inferRequest, type OipInput, type OipRequest } from './schemas.ts';

const HEADER_LENGTH = 'inference-header-content-length';

/** A request, and the bytes behind its JSON. */
interface OipBody {
  readonly request: OipRequest;
  readonly binary: Uint8Array;
}

/**
 * Reads a request: JSON, or JSON of the length that the header names and tensors as bytes behind it. Like Triton it does not
 * look at the content type.
 * @throws RequestError `media-type-unsupported`, `request-invalid`, `json-invalid`.
 */
export async function readOipBody(request: Request): Promise<OipBody> {
  const type = mediaType(request);
  const bytes = await readBytes(request);
  const declared = request.headers.get(HEADER_LENGTH);
  if (declared === null)
    return { request: parseBody(bytes, inferRequest(), type), binary: bytes.subarray(bytes.byteLength) };
  const length = /^\d{1,9}$/.test(declared) ? Number(declared) : Number.NaN;
  if (!(length <= bytes.byteLength)) {
    const what = `a length of at most ${bytes.byteLength} bytes`;
    throw new RequestError('request-invalid', expected(what, HEADER_LENGTH, declared));
  }
  return { request: parseBody(bytes.subarray(0, length), inferRequest(), type), binary: bytes.subarray(length) };
}

/**
 * The tensors of a request as the model takes them.
 * @throws RequestError `request-invalid`, `request-too-large`, `tensor-*`, `picture-not-taken`; PictureError.
 */
export async function readFeeds(classifier: Classifier, { request, binary }: OipBody): Promise<Feeds> {
  const { inputs, outputs = [] } = request;
  refuseSharedMemory(inputs, 'inputs');
  refuseSharedMemory(outputs, 'outputs');
  checkElements(inputs.map(({ shape }) => shape));
  // Without a prototype: a tensor called `__proto__` would not be among them, and not be refused.
  const feeds: Feeds = Object.create(null);
  let at = 0;
  for (const [index, input] of inputs.entries()) {
    if (Object.hasOwn(feeds, input.name)) {
      throw new RequestError('request-invalid', expected('each input once', 'inputs', input.name));
    }
    const size = input.parameters?.binary_data_size;
    const where = `inputs[${index}]`;
    if ((size === undefined) === (input.data === undefined)) {
      throw new RequestError('request-invalid', expected('either data or binary_data_size', where, size));
    }
    if (size !== undefined && size > binary.byteLength - at) {
      const left = `at most ${binary.byteLength - at} bytes, as are left behind the JSON`;
      throw new RequestError('tensor-length', expected(left, `${where}.parameters.binary_data_size`, size));
    }
    const bytes = size === undefined ? undefined : binary.subarray(at, at + size);
    at += size ?? 0;
    feeds[input.name] = await readTensor(classifier, input, bytes, where);
  }
  if (at !== binary.byteLength) {
    throw new RequestError('request-invalid', expected(`${at} bytes`, 'what is behind the JSON', binary.byteLength));
  }
  checkBatch(classifier.inputs, feeds);
  return feeds;
}

/** Triton's clients may name memory that they share with their server. Answered here, an output would never be in it. */
function refuseSharedMemory(tensors: readonly { readonly parameters?: object | undefined }[], list: string): void {
  const index = tensors.findIndex(({ parameters = {} }) => 'shared_memory_region' in parameters);
  if (index < 0) return;
  throw new RequestError(
    'request-invalid',
    expected('no shared memory', `${list}[${index}]`, 'a shared_memory_region'),
    {
      remedy: 'Send tensors in the request, and take them from the response.',
    },
  );
}

async function readTensor(
  classifier: Classifier,
  { name, shape, datatype, data }: OipInput,
  bytes: Uint8Array | undefined,
  where: string,
): Promise<TensorData> {
  if (datatype === 'BYTES') {
    return readPictures(classifier, { name, shape, data: bytes ? elementsOf(bytes, where) : (data ?? []) }, where);
  }
  const values = bytes
    ? valuesOf(bytes, datatype, shape, where)
    : readValues(data ?? [], shape, datatype as Datatype, `${where}.data`);
  return { datatype, shape, data: values };
}
