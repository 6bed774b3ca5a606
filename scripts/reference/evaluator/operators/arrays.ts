import {
  axisOf,
  concat,
  type Doubles,
  divide,
  doubles,
  expand,
  gather,
  map,
  multiply,
  reduce,
  reshape,
  slice,
  stridesOf,
  sumOf,
  transpose,
  wrong,
} from '../doubles.ts';
import { einsum, matmul } from '../einsum.ts';

export function stack(parts: readonly Doubles[], axis: number): Doubles {
  const at = axis < 0 ? axis + (parts[0] as Doubles).shape.length + 1 : axis;
  return concat(
    parts.map((part) => expand(part, at)),
    at,
  );
}

/** Along an axis, in pieces of the given sizes. */
export function pieces(x: Doubles, axis: number, sizes: readonly number[]): Doubles[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, axis, start - size, size);
  });
}

/** A count of equal pieces, or NumPy's list of places to cut at. */
export function split(x: Doubles, sections: unknown, axis: number): Doubles[] {
  const size = x.shape[axis] as number;
  if (typeof sections === 'number') return pieces(x, axis, Array(sections).fill(size / sections));
  const cuts = [0, ...(sections as number[]), size];
  return pieces(
    x,
    axis,
    cuts.slice(1).map((cut, i) => cut - (cuts[i] as number)),
  );
}

/** For every place of `indices` the part of `x` at that index of `axis`. */
export function take(x: Doubles, indices: Doubles, axis: number): Doubles {
  const strides = stridesOf(x.shape);
  const size = x.shape[axis] as number;
  const parts = Array.from(indices.data, (index) => {
    const at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) throw wrong(`an index below ${size}`, 'take', index);
    return gather(x, x.shape.with(axis, 1), strides, at * (strides[axis] as number));
  });
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return reshape(concat(parts, axis), shape);
}

export function repeatAlong(x: Doubles, axis: number, times: unknown): Doubles {
  const size = x.shape[axis] as number;
  const counts = Array.isArray(times) ? (times as number[]) : [times as number];
  const order = Array.from({ length: size }, (_, i) => Array(counts[counts.length === 1 ? 0 : i]).fill(i)).flat();
  return take(x, doubles([order.length], order), axis);
}

export function tile(x: Doubles, repeats: readonly number[]): Doubles {
  const rank = Math.max(x.shape.length, repeats.length);
  const wide = reshape(x, [...Array(rank - x.shape.length).fill(1), ...x.shape]);
  const times = [...Array(rank - repeats.length).fill(1), ...repeats] as number[];
  return times.reduce((tiled, n, axis) => concat(Array(n).fill(tiled), axis), wide);
}

export function firstBest(better: (a: number, b: number) => boolean) {
  return (row: Float64Array) => row.reduce((best, element, i) => (better(element, row[best] as number) ? i : best), 0);
}

export function normalized(x: Doubles, axes: readonly number[], order: number, epsilon: number): Doubles {
  const sums = reduce(
    map(x, (element) => Math.abs(element) ** order),
    axes,
    true,
    sumOf,
  );
  return divide(
    x,
    map(sums, (sum) => Math.max(sum ** (1 / order), epsilon)),
  );
}

export function moveAxes(x: Doubles, from: readonly number[], to: readonly number[]): Doubles {
  const rank = x.shape.length;
  const [source, target] = [from.map((axis) => axisOf(axis, rank)), to.map((axis) => axisOf(axis, rank))];
  const others = x.shape.map((_, i) => i).filter((i) => !source.includes(i));
  const order = x.shape.map((_, i) =>
    target.includes(i) ? (source[target.indexOf(i)] as number) : (others.shift() as number),
  );
  return transpose(x, order);
}

export const oneHot = (x: Doubles, count: number, axis: number): Doubles => {
  const data = new Float64Array(x.data.length * count);
  for (const [i, index] of x.data.entries()) if (index >= 0 && index < count) data[i * count + index] = 1;
  const hot = { shape: [...x.shape, count], data };
  return axis === -1 ? hot : moveAxes(hot, [-1], [axis]);
};

/** NumPy's `dot`: the last axis of one, the last but one of the other. */
export function numpyDot(a: Doubles, b: Doubles): Doubles {
  if (a.shape.length === 0 || b.shape.length === 0) return multiply(a, b);
  if (b.shape.length <= 2) return matmul(a, b);
  const letters = 'abcdefgh';
  const left = letters.slice(0, a.shape.length - 1);
  const right = 'ijklmnop'.slice(0, b.shape.length - 2);
  return einsum(`${left}s,${right}sz->${left}${right}z`, [a, b]);
}

export function tensordot(a: Doubles, b: Doubles, axes: unknown): Doubles {
  const count = typeof axes === 'number' ? axes : 0;
  const [from, to] = Array.isArray(axes)
    ? (axes.map((list: unknown) => (Array.isArray(list) ? list : [list])) as [number[], number[]])
    : [Array.from({ length: count }, (_, i) => a.shape.length - count + i), Array.from({ length: count }, (_, i) => i)];
  const [p, q] = [from.map((axis) => axisOf(axis, a.shape.length)), to.map((axis) => axisOf(axis, b.shape.length))];
  const left = a.shape.map((_, i) => 'abcdefgh'[i] as string);
  const right = b.shape.map((_, i) =>
    q.includes(i) ? (left[p[q.indexOf(i)] as number] as string) : ('ijklmnop'[i] as string),
  );
  const rest = [...left.filter((_, i) => !p.includes(i)), ...right.filter((_, i) => !q.includes(i))];
  return einsum(`${left.join('')},${right.join('')}->${rest.join('')}`, [a, b]);
}

export function triangle(x: Doubles, keep: (row: number, column: number) => boolean): Doubles {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const data = x.data.map((element, i) => (keep(Math.floor(i / columns) % rows, i % columns) ? element : 0));
  return { shape: x.shape, data };
}

/** Cells around an axis that are those inside, seen in a mirror: with the border seen twice (`symmetric`) or once. */
export function mirrored(x: Doubles, axis: number, before: number, after: number, twice: boolean): Doubles {
  const size = x.shape[axis] as number;
  const places = Array.from({ length: before + size + after }, (_, i) => {
    const place = i - before;
    if (place < 0) return twice ? -1 - place : -place;
    if (place >= size) return twice ? 2 * size - 1 - place : 2 * size - 2 - place;
    return place;
  });
  return take(x, doubles([places.length], places), axis);
}

/** The first and the last cell of an axis again and again. */
export function edged(x: Doubles, axis: number, before: number, after: number): Doubles {
  const size = x.shape[axis] as number;
  const places = Array.from({ length: before + size + after }, (_, i) => Math.min(Math.max(i - before, 0), size - 1));
  return take(x, doubles([places.length], places), axis);
}
