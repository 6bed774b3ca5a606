import { expected, FreezeframeError } from '@freezeframe/inference';

/** An IDX file of bytes, as MNIST has them: pictures are [count, rows, columns], labels [count]. */
export interface Idx {
  shape: number[];
  data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
/** MNIST's largest is 47 MB; nothing that claims a hundred times more is read. */
const MAX_VALUES = 5e9;

/**
 * Reads an IDX file (http://yann.lecun.com/exdb/mnist): two zero bytes, the type of the values, the number of
 * dimensions, their sizes as big-endian 32-bit integers, the values.
 * @param dimensions how many it must have.
 * @throws FreezeframeError `idx-invalid` unless the file is exactly that.
 */
export function parseIdx(bytes: Uint8Array, name: string, dimensions: number): Idx {
  const fail = (what: string, received: unknown): never => {
    throw new FreezeframeError('idx-invalid', expected(what, name, received), { details: { file: name } });
  };
  const header = 4 + dimensions * 4;
  if (bytes.length < header) fail(`an IDX header of ${header} bytes`, bytes.length);
  if (bytes[0] !== 0 || bytes[1] !== 0) fail('an IDX file (two zero bytes first)', [bytes[0], bytes[1]]);
  if (bytes[2] !== UNSIGNED_BYTE) fail('unsigned bytes (IDX type 8)', bytes[2]);
  if (bytes[3] !== dimensions) fail(`${dimensions} dimensions`, bytes[3]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + index * 4));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0 || count > MAX_VALUES) fail('between 1 and 5,000,000,000 values', shape);
  if (bytes.length !== header + count) fail(`${header + count} bytes, as its header says`, bytes.length);
  return { shape, data: bytes.subarray(header) };
}
