import type { Tensor } from '#keras';
import { bfloat16ToNumber } from '#tensorflow';

/** Rows and columns of a table; of a kernel with more axes all but the last together. */
function sidesOf({ shape, data }: Tensor): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: data.length / columns, columns };
}

function mapped(table: Tensor, change: (value: number, row: number, column: number) => number): Tensor {
  const { columns } = sidesOf(table);
  const data = table.data.map((value, i) => change(value, Math.floor(i / columns), i % columns));
  return { shape: table.shape, data };
}

/** Whole numbers and what they were multiplied with. */
export function divided(table: Tensor, scale: (row: number, column: number) => number): Tensor {
  return mapped(table, (value, row, column) => value / scale(row, column));
}

/** Two numbers of four bits in each byte, the lower half first, as `pack_int4` packs along the last axis. */
export function unpacked(packed: Tensor, columns: number): Tensor {
  const { rows, columns: bytes } = sidesOf(packed);
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = nibble(packed.data[row * bytes + (column >> 1)] as number, column);
    }
  }
  return { shape: [rows, columns], data };
}

/** Half a byte as a number from -8 to 7: the lower one for even places. */
function nibble(byte: number, place: number): number {
  const half = (place % 2 === 0 ? byte : byte >> 4) & 15;
  return half < 8 ? half : half - 16;
}

/** The same where the numbers of another axis share bytes. */
export function unpackedAlong(packed: Tensor, axis: number, shape: readonly number[]): Tensor {
  const inner = shape.slice(axis + 1).reduce((n, size) => n * size, 1);
  const [length, bytes] = [shape[axis] as number, packed.shape[axis] as number];
  const data = new Float32Array(shape.reduce((n, size) => n * size, 1));
  for (let i = 0; i < data.length; i++) {
    const place = Math.floor(i / inner) % length;
    const outer = Math.floor(i / (inner * length));
    data[i] = nibble(packed.data[(outer * bytes + (place >> 1)) * inner + (i % inner)] as number, place);
  }
  return { shape, data };
}

/** `(q - zero) * scale`, each number by the scale and the zero of its group (`dequantize_with_sz_map`). */
export function grouped(table: Tensor, scale: Tensor, zero: Tensor, groups: Tensor, axis: 'rows' | 'columns'): Tensor {
  const width = scale.shape.at(-1) as number;
  return mapped(table, (value, row, column) => {
    const group = groups.data[axis === 'rows' ? row : column] as number;
    const at = axis === 'rows' ? group * width + column : row * width + group;
    return (value - (zero.data[at] as number)) * (scale.data[at] as number);
  });
}

/** `kernel + factor * (a b)`: what LoRA has learnt, added. */
export function plusProduct(kernel: Tensor, a: Tensor, b: Tensor, factor: number): Tensor {
  const [rank = 0] = b.shape;
  const { columns } = sidesOf(b);
  return mapped(kernel, (value, row, column) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) {
      sum += (a.data[row * rank + k] as number) * (b.data[k * columns + column] as number);
    }
    return value + factor * sum;
  });
}

/** The largest number of float8 e4m3fn. */
const LARGEST = 448;
/** Its smallest exponent: below, numbers lie 2^-9 apart. */
const LEAST_EXPONENT = -6;

/** Rounded to float8 e4m3fn in units of a scale, and back (`quantize_and_dequantize`). */
export function asFloat8({ shape, data }: Tensor, scale: number): Tensor {
  return {
    shape,
    data: data.map((value) => {
      const own = Math.min(Math.max(Math.fround(value / scale), -LARGEST), LARGEST);
      const exponent = own === 0 ? LEAST_EXPONENT : Math.max(Math.floor(Math.log2(Math.abs(own))), LEAST_EXPONENT);
      const step = 2 ** (exponent - 3);
      return halfToEven(own / step) * step * scale;
    }),
  };
}

function halfToEven(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** Rounded to bfloat16: Keras does so with the biases of float8 layers. */
export function asBfloat16({ shape, data }: Tensor): Tensor {
  const bits = new Uint32Array(data.slice().buffer);
  // Half to even: what is cut off counts as one more if it is above a half, or a half below an odd number.
  return {
    shape,
    data: Float32Array.from(bits, (all) => bfloat16ToNumber(((all + 0x7fff + ((all >>> 16) & 1)) >>> 16) & 0xffff)),
  };
}
