import { float16ToNumber } from '../float16.ts';
import type { LiteType } from './schema.ts';
import type { LiteTensor } from './tensors.ts';

export type LiteNumbers = Float32Array | Int32Array | Float64Array | Uint8Array | Int8Array;

const DECODERS: Partial<Record<LiteType, (bytes: ArrayBuffer) => LiteNumbers>> = {
  FLOAT32: (bytes) => new Float32Array(bytes),
  FLOAT16: (bytes) => Float32Array.from(new Uint16Array(bytes), float16ToNumber),
  INT32: (bytes) => new Int32Array(bytes),
  // Sizes and places: whatever is above 2^53 is none.
  INT64: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
  UINT8: (bytes) => new Uint8Array(bytes),
  BOOL: (bytes) => new Uint8Array(bytes),
  INT8: (bytes) => new Int8Array(bytes),
};

/** Types whose constants are read. */
export const READ_TYPES = Object.keys(DECODERS) as LiteType[];

/** A constant's numbers as they are stored; undefined for what is no constant, or of another type. */
export function liteNumbers({ type, data }: LiteTensor): LiteNumbers | undefined {
  // A copy: in the file they lie at any place.
  return data && DECODERS[type]?.(Uint8Array.from(data).buffer);
}
