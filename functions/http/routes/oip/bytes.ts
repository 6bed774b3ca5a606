import {
  DATATYPE_INFO,
  type Datatype,
  elementCount,
  expected,
  RequestError,
  type TensorValues,
} from '@freezeframe/inference';

// The binary tensor data extension: row-major, little-endian (as every processor that Lambda has), without padding; each
// element of BYTES is preceded by its length in four bytes.

/** @throws RequestError `tensor-length` where there are not exactly as many bytes as the shape needs, `tensor-value`. */
export function valuesOf(bytes: Uint8Array, datatype: Datatype, shape: readonly number[], where: string): TensorValues {
  const count = elementCount(shape);
  const one = new DATATYPE_INFO[datatype].array(1).byteLength;
  if (bytes.byteLength !== count * one) {
    throw new RequestError('tensor-length', expected(`${count * one} bytes`, where, bytes.byteLength));
  }
  if (datatype === 'BOOL') {
    const wrong = bytes.find((value) => value > 1);
    if (wrong !== undefined) throw new RequestError('tensor-value', expected('0 or 1 (BOOL)', where, wrong));
  }
  // Copied: numbers of several bytes must begin at a multiple of their size.
  const values = new DATATYPE_INFO[datatype].array(count);
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
  if (values instanceof Float32Array || values instanceof Float64Array) checkFinite(values, datatype, where);
  return values;
}

/** As in JSON, which cannot say NaN or infinity: a network makes a sure answer of some of them. */
function checkFinite(values: Float32Array | Float64Array, datatype: Datatype, where: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new RequestError(
    'tensor-value',
    expected(`a finite number (${datatype})`, `value ${at} of ${where}`, values[at]),
    { remedy: 'Fill in what is missing before asking: the model has no way to tell it from a number.' },
  );
}

export function bytesOf(values: TensorValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** @throws RequestError `tensor-length` for a length that leads out of the tensor. */
export function elementsOf(bytes: Uint8Array, where: string): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const left = bytes.byteLength - at - 4;
    const length = left >= 0 ? view.getUint32(at, true) : 0;
    if (left < 0 || length > left) {
      throw new RequestError('tensor-length', expected('elements with their lengths', where, bytes.byteLength));
    }
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return elements;
}

export function joinElements(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.byteLength);
      return [length, bytes];
    }),
  );
}
