import type { Tensor } from '#keras';
import { float16ToNumber } from '#tensorflow';
import { damaged, tooMuch } from '../errors.ts';
import { PICKLE_LIMITS } from '../limits.ts';
import { latin1 } from '../machine/text.ts';
import { type DType, itemsOf, type NdArray, type PickleValue } from '../machine/values.ts';

/** numpy's own limit is 64. */
const MOST_AXES = 32;

/** A shape, checked: whole numbers whose product a tensor may have. */
export function shapeOf(value: PickleValue | undefined, position: number): number[] {
  const items = typeof value === 'number' ? [value] : itemsOf(value);
  if (!items) throw damaged('an array has no shape', position);
  if (items.length > MOST_AXES) throw tooMuch('the axes of an array', MOST_AXES, items.length, position);
  const shape = items.map((size) => {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw damaged('an array has a size that is no number', position);
    }
    return size;
  });
  const count = countOf(shape);
  if (count > PICKLE_LIMITS.length) throw tooMuch('the elements of an array', PICKLE_LIMITS.length, count, position);
  return shape;
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An array over bytes that are there: nothing is allocated for what a shape claims. */
export function arrayOf(
  dtype: DType,
  shape: readonly number[],
  fortran: boolean,
  content: Uint8Array | readonly PickleValue[],
  position: number,
): NdArray {
  const count = countOf(shape);
  const wanted = dtype.code === 'O' ? count : count * dtype.size;
  if (content instanceof Uint8Array === (dtype.code === 'O') || content.length !== wanted) {
    throw damaged(`an array of shape [${shape}] has ${content.length} instead of ${wanted} of content`, position);
  }
  if (dtype.size === 0 && count > PICKLE_LIMITS.values) {
    throw tooMuch('the elements of an array of empty texts', PICKLE_LIMITS.values, count, position);
  }
  if (content instanceof Uint8Array) return { kind: 'ndarray', shape, dtype, fortran, raw: content };
  return { kind: 'ndarray', shape, dtype, fortran, raw: new Uint8Array(), objects: content };
}

/** Index in memory of each element in row-major order. */
function* order({ shape, fortran }: NdArray): Generator<number> {
  const count = countOf(shape);
  if (!fortran || shape.length < 2) {
    for (let i = 0; i < count; i++) yield i;
    return;
  }
  const strides = shape.map((_, axis) => countOf(shape.slice(0, axis)));
  const at = shape.map(() => 0);
  let index = 0;
  for (let i = 0; i < count; i++) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      at[axis] = (at[axis] as number) + 1;
      index += stride;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      index -= stride * (at[axis] as number);
      at[axis] = 0;
    }
  }
}

/** Numbers of a numeric or boolean array, row-major, each as a double; undefined for other arrays. */
export function numbersOf(array: NdArray): Float64Array | undefined {
  const read = numberReader(array.dtype, array.raw);
  if (!read) return objectNumbers(array);
  const result = new Float64Array(countOf(array.shape));
  let i = 0;
  for (const index of order(array)) result[i++] = read(index);
  return result;
}

function objectNumbers({ dtype, objects, shape, fortran }: NdArray): Float64Array | undefined {
  if (dtype.code !== 'O' || !objects?.every((item) => typeof item === 'number')) return undefined;
  return fortran && shape.length > 1 ? undefined : Float64Array.from(objects);
}

/** The same in single precision, as weights are kept. */
export function tensorOf(array: NdArray): Tensor | undefined {
  const read = numberReader(array.dtype, array.raw);
  if (!read) return undefined;
  const data = new Float32Array(countOf(array.shape));
  let i = 0;
  for (const index of order(array)) data[i++] = read(index);
  return { shape: [...array.shape], data };
}

/** One element as plain data: a number, a boolean or a text. */
export function elementAt({ dtype, raw }: Pick<NdArray, 'dtype' | 'raw'>, index: number): PickleValue {
  const number = numberReader(dtype, raw);
  if (number) return dtype.code === 'b' ? number(index) !== 0 : number(index);
  const bytes = raw.subarray(index * dtype.size, (index + 1) * dtype.size);
  return dtype.code === 'S' ? latin1(bytes).replace(/\0+$/, '') : ucs4(bytes, dtype.littleEndian);
}

/** Every element in row-major order as plain data. */
export function elementsOf(array: NdArray): PickleValue[] {
  const { objects } = array;
  return Array.from(order(array), (index) => (objects ? (objects[index] ?? null) : elementAt(array, index)));
}

function ucs4(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, littleEndian);
    text += String.fromCodePoint(point > 0x10ffff ? 0xfffd : point);
  }
  return text.replace(/\0+$/, '');
}

function numberReader(
  { code, size, littleEndian: little }: DType,
  raw: Uint8Array,
): ((i: number) => number) | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (`${code}${size}`) {
    case 'f2':
      return (i) => float16ToNumber(view.getUint16(i * 2, little));
    case 'f4':
      return (i) => view.getFloat32(i * 4, little);
    case 'f8':
      return (i) => view.getFloat64(i * 8, little);
    case 'i1':
      return (i) => view.getInt8(i);
    case 'i2':
      return (i) => view.getInt16(i * 2, little);
    case 'i4':
      return (i) => view.getInt32(i * 4, little);
    case 'i8':
      return (i) => Number(view.getBigInt64(i * 8, little));
    case 'u1':
    case 'b1':
      return (i) => view.getUint8(i);
    case 'u2':
      return (i) => view.getUint16(i * 2, little);
    case 'u4':
      return (i) => view.getUint32(i * 4, little);
    case 'u8':
      return (i) => Number(view.getBigUint64(i * 8, little));
    default:
      return undefined;
  }
}
