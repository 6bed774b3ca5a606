import { expected } from '@freezeframe/inference';
import { ImportError } from '#guards';
import { float16ToNumber } from '../../float16.ts';
import { DATATYPE, type Metadata } from './bindings.ts';

/**
 * Numbers of any width as float32.
 * @param bytes little-endian, as long as the shape says; aligned
 */
export function asFloat32(bytes: Uint8Array<ArrayBuffer>, metadata: Metadata, path: string): Float32Array {
  const { buffer } = bytes;
  const { type, size } = metadata;
  if (type === DATATYPE.float && size === 4) return new Float32Array(buffer);
  if (type === DATATYPE.float && size === 8) return new Float32Array(new Float64Array(buffer));
  if (type === DATATYPE.float && size === 2) return Float32Array.from(new Uint16Array(buffer), float16ToNumber);
  // h5py has no type for Keras's bfloat16 and writes two bytes without a meaning.
  if (type === DATATYPE.opaque && size === 2) return Float32Array.from(new Uint16Array(buffer), bfloat16ToNumber);
  const isInteger = type === DATATYPE.integer || (type === DATATYPE.enumeration && metadata.enum_type?.type === 0);
  if (isInteger && size === 8) {
    const wide = metadata.signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer);
    return Float32Array.from(wide as BigInt64Array, Number as unknown as (value: bigint) => number);
  }
  const narrow = isInteger ? INTEGERS.get(size)?.[metadata.signed ? 'signed' : 'unsigned'] : undefined;
  if (narrow) return Float32Array.from(new narrow(buffer));
  throw new ImportError('file-damaged', expected('numbers', path, `HDF5 datatype class ${type} of ${size} bytes`));
}

const INTEGERS = new Map([
  [1, { signed: Int8Array, unsigned: Uint8Array }],
  [2, { signed: Int16Array, unsigned: Uint16Array }],
  [4, { signed: Int32Array, unsigned: Uint32Array }],
]);

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16ToNumber(half: number): number {
  word.setUint32(0, half << 16);
  return word.getFloat32(0);
}

/** Text of a fixed length, to its first NUL. */
export function fixedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
}
