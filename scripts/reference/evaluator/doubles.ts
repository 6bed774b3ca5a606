import { expected, FreezeframeError } from '@freezeframe/inference';

/** A tensor while the evaluator works: row-major, Keras's axis order, double precision. Booleans are 0 and 1. */
export interface Doubles {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Keras's mask of a sequence (`_keras_mask`): 1 where a step counts. Which layers hand it on is the layers' own affair. */
  readonly mask?: Doubles | undefined;
  /** Whole numbers of an integer input: only resizing, which rounds them, treats these in a way of its own. */
  readonly integer?: boolean | undefined;
}

export function doubles(shape: readonly number[], data?: ArrayLike<number>): Doubles {
  const size = sizeOf(shape);
  if (data && data.length !== size) throw wrong(`${size} numbers`, `a tensor of shape [${shape}]`, data.length);
  if (data instanceof Float64Array) return { shape, data };
  return { shape, data: data ? Float64Array.from(data) : new Float64Array(size) };
}

export function isDoubles(thing: unknown): thing is Doubles {
  return thing !== null && typeof thing === 'object' && (thing as Doubles).data instanceof Float64Array;
}

export function wrong(what: string, where: string, received: unknown): FreezeframeError {
  return new FreezeframeError('reference-unsupported', `The plain evaluator: ${expected(what, where, received)}`);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((n, axis) => n * axis, 1);
}

/** How many elements lie between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  return strides;
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw wrong(`an axis of ${rank}`, 'an option', axis);
  }
  return positive;
}

export function axesOf(axes: unknown, rank: number): number[] {
  if (axes === null || axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  return (Array.isArray(axes) ? axes : [axes]).map((axis: number) => axisOf(axis, rank));
}

/** The same numbers in another shape; one size may be -1. */
export function reshape(x: Doubles, shape: readonly number[]): Doubles {
  const known = shape.reduce((n, axis) => (axis === -1 ? n : n * axis), 1);
  const sizes = shape.map((axis) => (axis === -1 ? x.data.length / known : axis));
  if (sizeOf(sizes) !== x.data.length) throw wrong(`${x.data.length} elements`, 'a reshape', shape);
  return { shape: sizes, data: x.data };
}

export function expand(x: Doubles, axis: number): Doubles {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

export function squeeze(x: Doubles, axes: readonly number[]): Doubles {
  return reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );
}

/** Element by element. */
export function map(x: Doubles, f: (element: number) => number): Doubles {
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i] as number);
  return { shape: x.shape, data };
}

/**
 * Reads `source` at start + sum of index * step for every index of `shape`, row-major: transposing, slicing, flipping
 * and broadcasting are all this.
 */
export function gather(source: Doubles, shape: readonly number[], steps: readonly number[], start = 0): Doubles {
  const data = new Float64Array(sizeOf(shape));
  if (data.length === 0) return { shape, data };
  const inner = shape.at(-1) ?? 1;
  const step = steps.at(-1) ?? 0;
  const index = shape.map(() => 0);
  let from = start;
  for (let to = 0; to < data.length; ) {
    for (let i = 0, at = from; i < inner; i++, at += step) data[to++] = source.data[at] as number;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += steps[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (steps[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape, data };
}

export function transpose(x: Doubles, perm: readonly number[]): Doubles {
  const strides = stridesOf(x.shape);
  return gather(
    x,
    perm.map((axis) => x.shape[axis] as number),
    perm.map((axis) => strides[axis] as number),
  );
}

/** What two shapes broadcast to, by NumPy's rule. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw wrong(`a shape that broadcasts with [${a}]`, 'an operand', b);
    return x === 1 ? y : x;
  });
}

export function broadcastTo(x: Doubles, shape: readonly number[]): Doubles {
  if (String(x.shape) === String(shape)) return x;
  const strides = stridesOf(x.shape);
  const missing = shape.length - x.shape.length;
  const steps = shape.map((_, i) => (i < missing || x.shape[i - missing] === 1 ? 0 : (strides[i - missing] as number)));
  return gather(x, shape, steps);
}

/** Element by element, broadcast. */
export function binary(a: Doubles, b: Doubles, f: (x: number, y: number) => number): Doubles {
  const shape = broadcastShape(a.shape, b.shape);
  const [x, y] = [repeating(a, shape), repeating(b, shape)];
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0, j = 0, k = 0; i < data.length; i++) {
    data[i] = f(x[j] as number, y[k] as number);
    if (++j === x.length) j = 0;
    if (++k === y.length) k = 0;
  }
  return { shape, data };
}

/** Numbers that, read again and again, fill a shape: a bias need not be copied to every place of a picture. */
function repeating(x: Doubles, shape: readonly number[]): Float64Array {
  const own = x.shape.slice(x.shape.findIndex((size) => size !== 1));
  const fits = x.data.length === 1 || own.every((size, i) => size === shape[shape.length - own.length + i]);
  return fits ? x.data : broadcastTo(x, shape).data;
}

export const add = (a: Doubles, b: Doubles) => binary(a, b, (x, y) => x + y);
export const subtract = (a: Doubles, b: Doubles) => binary(a, b, (x, y) => x - y);
export const multiply = (a: Doubles, b: Doubles) => binary(a, b, (x, y) => x * y);
export const divide = (a: Doubles, b: Doubles) => binary(a, b, (x, y) => x / y);

/** `condition ? a : b`, broadcast. */
export function where(condition: Doubles, a: Doubles, b: Doubles): Doubles {
  const shape = broadcastShape(broadcastShape(condition.shape, a.shape), b.shape);
  const [c, x, y] = [condition, a, b].map((v) => broadcastTo(v, shape).data) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { shape, data: c.map((chosen, i) => (chosen !== 0 ? (x[i] as number) : (y[i] as number))) };
}

/** Folds all elements along `axes` into one, given as a row. */
export function reduce(x: Doubles, axes: readonly number[], keep: boolean, f: (row: Float64Array) => number): Doubles {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const moved = axes.length > 0 ? transpose(x, [...kept, ...axes]) : x;
  const length = axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);
  const shape = keep
    ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : kept.map((axis) => x.shape[axis] as number);
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = f(moved.data.subarray(i * length, (i + 1) * length));
  return { shape, data };
}

export function sumOf(row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] as number;
  return sum;
}
export const meanOf = (row: Float64Array) => sumOf(row) / row.length;
export const largestOf = (row: Float64Array) => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
export const smallestOf = (row: Float64Array) => row.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
export function varianceOf(row: Float64Array): number {
  const mean = meanOf(row);
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += ((row[i] as number) - mean) ** 2;
  return sum / row.length;
}

/** A part: from `start`, `size` elements, every `step`-th, along one axis. */
export function slice(x: Doubles, axis: number, start: number, size: number, step = 1): Doubles {
  const strides = stridesOf(x.shape);
  const shape = x.shape.map((s, i) => (i === axis ? size : s));
  const steps = strides.map((s, i) => (i === axis ? s * step : s));
  return gather(x, shape, steps, start * (strides[axis] as number));
}

export function concat(parts: readonly Doubles[], axis: number): Doubles {
  const [first] = parts as [Doubles];
  const shape = first.shape.map((size, i) =>
    i === axis ? parts.reduce((n, part) => n + (part.shape[axis] as number), 0) : size,
  );
  const data = new Float64Array(sizeOf(shape));
  const outer = sizeOf(shape.slice(0, axis));
  const row = sizeOf(shape.slice(axis));
  let offset = 0;
  for (const part of parts) {
    const rest = part.shape.filter((_, i) => i !== axis);
    if (String(rest) !== String(shape.filter((_, i) => i !== axis))) throw wrong(`[${shape}]`, 'a part', part.shape);
    const length = sizeOf(part.shape.slice(axis));
    for (let i = 0; i < outer; i++) {
      data.set(part.data.subarray(i * length, (i + 1) * length), i * row + offset);
    }
    offset += length;
  }
  return { shape, data };
}

/** Puts `before` and `after` times `filler` around each axis. */
export function pad(x: Doubles, edges: readonly (readonly [number, number])[], filler = 0): Doubles {
  return edges.reduce((padded, [before, after], axis) => {
    const wall = (size: number) =>
      doubles(
        padded.shape.map((s, i) => (i === axis ? size : s)),
        undefined,
      );
    const parts = [before, after].map((size) => {
      const part = wall(size);
      part.data.fill(filler);
      return part;
    });
    return before === 0 && after === 0 ? padded : concat([parts[0] as Doubles, padded, parts[1] as Doubles], axis);
  }, x);
}

/** A number or nested lists of numbers; Keras 3 may wrap NumPy arrays. */
export function nested(given: unknown): Doubles {
  if (typeof given === 'number') return doubles([], [given]);
  if (!Array.isArray(given)) return nested((given as { config?: { value?: unknown } }).config?.value ?? Number.NaN);
  const parts = given.map(nested);
  const inner = parts[0]?.shape ?? [];
  const data = new Float64Array(parts.flatMap((part) => Array.from(part.data)));
  return doubles([parts.length, ...inner], data);
}

/** Half to even, as NumPy and TensorFlow. */
export function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
