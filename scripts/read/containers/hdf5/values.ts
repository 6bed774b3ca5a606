import { expected } from '@freezeframe/inference';
import { checkLimit, ImportError, MAX_HDF5_ATTRIBUTE_BYTES } from '#guards';
import { bfloat16ToNumber, float16ToNumber } from '#tensorflow';
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

/**
 * An attribute's texts or numbers.
 * @param at where its bytes lie in the library's memory, and how many they are
 * @returns undefined for a text without an end
 * @throws ImportError `limit-exceeded`
 */
export function attributeValues(
  memory: Uint8Array<ArrayBuffer>,
  [pointer, bytes]: readonly [number, number],
  metadata: Metadata,
  where: string,
): string[] | number[] | undefined {
  const { type, size, vlen } = metadata;
  const own = memory.slice(pointer, pointer + bytes);
  if (type !== DATATYPE.string) return [...asFloat32(own, metadata, where)];
  if (!vlen) return Array.from({ length: bytes / size }, (_, i) => fixedString(own.subarray(i * size, (i + 1) * size)));
  const texts: string[] = [];
  let total = 0;
  for (const address of new Uint32Array(own.buffer)) {
    const end = address === 0 ? 0 : memory.indexOf(0, address);
    if (end < 0) return undefined;
    total += end - address;
    checkLimit(total, MAX_HDF5_ATTRIBUTE_BYTES, 'bytes', where);
    texts.push(new TextDecoder().decode(memory.subarray(address, end)));
  }
  return texts;
}

/** Text of a fixed length, to its first NUL. */
export function fixedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
}
