import { MAX_TENSOR_RANK } from '#guards';
import { checkedName, damaged } from './damage.ts';
import type { Table } from './flatbuffer.ts';
import { type LiteType, TENSOR_TYPES } from './schema.ts';

/** real = (stored - zero point) * scale: of the whole tensor, or of each slice along `axis`. */
export interface LiteQuantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

export interface LiteTensor {
  readonly name: string;
  /** Undefined where the file leaves it to be worked out. */
  readonly shape: readonly number[] | undefined;
  readonly type: LiteType;
  readonly quantization?: LiteQuantization;
  /** Of a constant: as it lies in the file, little-endian. */
  readonly data?: Uint8Array;
  /** Whether the file leaves another size than that of the batch open. */
  readonly open?: true;
  /** Why nothing can be made of it, where that is so. */
  readonly refused?: string;
}

/** Channels of a quantized weight. */
const MAX_SCALES = 1_000_000;

/** Within the flatbuffer, or in files of more than 2 GB behind it. */
export function bufferOf(buffer: Table | undefined, file: Uint8Array, index: number): Uint8Array | undefined {
  if (!buffer) throw damaged('a buffer that is there', 'a tensor', index);
  const [offset, size] = [buffer.number(1, 'uint64'), buffer.number(2, 'uint64')];
  if (offset > 1) {
    if (offset + size > file.length) throw damaged('a buffer within the file', `buffer ${index}`, offset + size);
    return file.subarray(offset, offset + size);
  }
  const data = buffer.bytes(0);
  return data.length > 0 ? data : undefined;
}

/** Bytes of one number; half a byte of a number of four bits. */
const TYPE_BYTES: Partial<Record<LiteType, number>> = {
  FLOAT32: 4,
  FLOAT16: 2,
  INT32: 4,
  UINT8: 1,
  INT64: 8,
  BOOL: 1,
  INT16: 2,
  INT8: 1,
  FLOAT64: 8,
  UINT32: 4,
  UINT16: 2,
};

export function readTensor(table: Table, index: number, buffer: (index: number) => Uint8Array | undefined): LiteTensor {
  const name = checkedName(table.text(3) || `tensor_${index}`);
  const type = TENSOR_TYPES[table.number(1, 'int8')];
  if (!type) throw damaged('a known type', `the tensor ${name}`, table.number(1, 'int8'));
  const sizes = table.numbers(0, 'int32', MAX_TENSOR_RANK);
  if (sizes.some((size) => size < 0)) throw damaged('sizes from 0 on', `the shape of ${name}`, sizes);
  const data = buffer(table.number(2, 'uint32'));
  // Converters leave the shapes of what is computed out, and write no list at all for a single number.
  const shape = sizes.length > 0 || data || table.number(8, 'bool') === 1 ? sizes : undefined;
  const quantization = readQuantization(table.table(4), name, shape);
  const bytes = TYPE_BYTES[type];
  const count = sizes.reduce((n, size) => n * size, 1);
  if (data && bytes !== undefined && data.length !== count * bytes)
    throw damaged(`${count * bytes} bytes`, `the data of ${name}`, data.length);
  const refused = table.has(6)
    ? 'it is sparse'
    : table.has(10) && table.number(10, 'uint32') > 0
      ? 'its data is in another file'
      : quantization === 'unknown'
        ? 'it is quantized in a way of its own'
        : table.number(5, 'bool') === 1
          ? 'it is a variable'
          : undefined;
  return {
    name,
    shape,
    type,
    ...(quantization && quantization !== 'unknown' ? { quantization } : {}),
    ...(data ? { data } : {}),
    // -1 stands for any size; the shape then has a 1 there.
    ...(table.numbers(7, 'int32', MAX_TENSOR_RANK).slice(1).includes(-1) ? { open: true } : {}),
    ...(refused ? { refused } : {}),
  };
}

function readQuantization(
  table: Table | undefined,
  name: string,
  shape: readonly number[] | undefined,
): LiteQuantization | 'unknown' | undefined {
  if (!table) return undefined;
  if (table.number(4, 'uint8') !== 0) return 'unknown';
  const scales = table.numbers(2, 'float32', MAX_SCALES);
  const given = table.numbers(3, 'int64', MAX_SCALES);
  const axis = table.number(6, 'int32');
  if (scales.length === 0) return undefined;
  const where = `the quantization of ${name}`;
  if (scales.some((scale) => !(scale >= 0 && scale < Number.POSITIVE_INFINITY)))
    throw damaged('scales', where, 'others');
  if (scales.length > 1 && shape?.[axis] !== scales.length)
    throw damaged(`${shape?.[axis]} scales along axis ${axis}`, where, scales.length);
  if (given.length > 1 && given.length !== scales.length)
    throw damaged(`${scales.length} zero points`, where, given.length);
  if (given.some((point) => Math.abs(point) > 65_536)) throw damaged('zero points of stored numbers', where, 'others');
  const zeroPoints = scales.map((_, i) => (given.length > 1 ? given[i] : given[0]) ?? 0);
  return { scales, zeroPoints, axis };
}
