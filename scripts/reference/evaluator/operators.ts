import type { Answer, Call, Options } from './call.ts';
import { einsum, matmul } from './einsum.ts';
import { activation, erf, logSoftmax, SCALARS, softmax, VECTORS } from './kinds/activations.ts';
import { indexed } from './slices.ts';
import {
  add,
  axesOf,
  axisOf,
  binary,
  broadcastTo,
  concat,
  divide,
  expand,
  gather,
  isValue,
  largestOf,
  map,
  meanOf,
  multiply,
  nested,
  pad,
  reduce,
  reshape,
  roundEven,
  slice,
  smallestOf,
  squeeze,
  stridesOf,
  sumOf,
  transpose,
  type Value,
  value,
  varianceOf,
  where,
  wrong,
} from './value.ts';

/** An operator's arguments by name, wherever they were given: position, keyword or the operator's own options. */
export class Given {
  readonly #named: Map<string, unknown>;

  constructor(parameters: readonly string[], { args, keywords, options }: Pick<Call, 'args' | 'keywords' | 'options'>) {
    this.#named = new Map(Object.entries(options));
    for (const [name, argument] of Object.entries(keywords)) this.#named.set(name, argument);
    const open = parameters.filter((name) => !(name in keywords));
    for (const [i, argument] of args.entries()) {
      const name = parameters[i] ?? open[i];
      if (name !== undefined) this.#named.set(name, argument);
    }
  }

  /** An argument as it was given, null where it was not. */
  get(name: string): unknown {
    return this.#named.get(name) ?? null;
  }

  tensor(name: string): Value {
    const found = this.get(name);
    if (isValue(found)) return found;
    if (typeof found === 'number' || typeof found === 'boolean') return value([], [Number(found)]);
    if (Array.isArray(found) && found.some(isValue))
      return stack(
        found.map((part) => (isValue(part) ? part : nested(part))),
        0,
      );
    if (Array.isArray(found)) return nested(found.map(Number));
    throw wrong('a tensor or a number', `argument ${name}`, found);
  }

  tensors(name: string): Value[] {
    const found = this.get(name);
    if (Array.isArray(found)) return found.map((part) => (isValue(part) ? part : nested(part)));
    return [this.tensor(name)];
  }

  number(name: string, otherwise?: number): number {
    const found = this.get(name) ?? otherwise;
    if (typeof found === 'number') return found;
    throw wrong('a number', `argument ${name}`, found);
  }

  numbers(name: string): number[] {
    const found = this.get(name);
    if (typeof found === 'number') return [found];
    if (Array.isArray(found) && found.every((n) => typeof n === 'number')) return found;
    throw wrong('numbers', `argument ${name}`, found);
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  get options(): Options {
    return Object.fromEntries(this.#named);
  }
}

export interface Operator {
  /** In the order in which they are given by position. */
  readonly parameters: readonly string[];
  readonly compute: (given: Given) => Answer;
}

const truth = (condition: boolean) => Number(condition);

function stack(parts: readonly Value[], axis: number): Value {
  const at = axis < 0 ? axis + (parts[0] as Value).shape.length + 1 : axis;
  return concat(
    parts.map((part) => expand(part, at)),
    at,
  );
}

/** Along an axis, in pieces of the given sizes. */
function pieces(x: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, axis, start - size, size);
  });
}

/** A count of equal pieces, or NumPy's list of places to cut at. */
function split(x: Value, sections: unknown, axis: number): Value[] {
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
function take(x: Value, indices: Value, axis: number): Value {
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

function repeatAlong(x: Value, axis: number, times: unknown): Value {
  const size = x.shape[axis] as number;
  const counts = Array.isArray(times) ? (times as number[]) : [times as number];
  const order = Array.from({ length: size }, (_, i) => Array(counts[counts.length === 1 ? 0 : i]).fill(i)).flat();
  return take(x, value([order.length], order), axis);
}

function tile(x: Value, repeats: readonly number[]): Value {
  const rank = Math.max(x.shape.length, repeats.length);
  const wide = reshape(x, [...Array(rank - x.shape.length).fill(1), ...x.shape]);
  const times = [...Array(rank - repeats.length).fill(1), ...repeats] as number[];
  return times.reduce((tiled, n, axis) => concat(Array(n).fill(tiled), axis), wide);
}

function cumulative(x: Value, axis: number, f: (a: number, b: number) => number): Value {
  const last = x.shape.length - 1;
  const order = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  const moved = transpose(x, order);
  const length = moved.shape[last] as number;
  for (let i = 0; i < moved.data.length; i++) {
    if (i % length > 0) moved.data[i] = f(moved.data[i - 1] as number, moved.data[i] as number);
  }
  return transpose(moved, order);
}

function firstBest(better: (a: number, b: number) => boolean) {
  return (row: Float64Array) => row.reduce((best, element, i) => (better(element, row[best] as number) ? i : best), 0);
}

function normalized(x: Value, axes: readonly number[], order: number, epsilon: number): Value {
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

function moveAxes(x: Value, from: readonly number[], to: readonly number[]): Value {
  const rank = x.shape.length;
  const [source, target] = [from.map((axis) => axisOf(axis, rank)), to.map((axis) => axisOf(axis, rank))];
  const others = x.shape.map((_, i) => i).filter((i) => !source.includes(i));
  const order = x.shape.map((_, i) =>
    target.includes(i) ? (source[target.indexOf(i)] as number) : (others.shift() as number),
  );
  return transpose(x, order);
}

const oneHot = (x: Value, count: number, axis: number): Value => {
  const data = new Float64Array(x.data.length * count);
  for (const [i, index] of x.data.entries()) if (index >= 0 && index < count) data[i * count + index] = 1;
  const hot = { shape: [...x.shape, count], data };
  return axis === -1 ? hot : moveAxes(hot, [-1], [axis]);
};

/** NumPy's `dot`: the last axis of one, the last but one of the other. */
function numpyDot(a: Value, b: Value): Value {
  if (a.shape.length === 0 || b.shape.length === 0) return multiply(a, b);
  if (b.shape.length <= 2) return matmul(a, b);
  const letters = 'abcdefgh';
  const left = letters.slice(0, a.shape.length - 1);
  const right = 'ijklmnop'.slice(0, b.shape.length - 2);
  return einsum(`${left}s,${right}sz->${left}${right}z`, [a, b]);
}

function tensordot(a: Value, b: Value, axes: unknown): Value {
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

function triangle(x: Value, keep: (row: number, column: number) => boolean): Value {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const data = x.data.map((element, i) => (keep(Math.floor(i / columns) % rows, i % columns) ? element : 0));
  return { shape: x.shape, data };
}

function attend(given: Given): Value {
  // [batch, steps, heads, width]
  const [query, key, values] = [given.tensor('query'), given.tensor('key'), given.tensor('value')];
  const scale = given.number('scale', 1 / Math.sqrt(query.shape.at(-1) as number));
  const plain = map(einsum('bthd,bshd->bhts', [query, key]), (score) => score * scale);
  const scores = given.get('bias') === null ? plain : add(plain, given.tensor('bias'));
  const allowed = given.get('mask') === null ? scores : where(given.tensor('mask'), scores, value([], [-1e30]));
  const [queries, keys] = allowed.shape.slice(-2) as [number, number];
  const causal = Float64Array.from({ length: queries * keys }, (_, i) => truth(i % keys <= Math.floor(i / keys)));
  const seen = given.flag('is_causal') ? where(value([queries, keys], causal), allowed, value([], [-1e30])) : allowed;
  return einsum('bhts,bshd->bthd', [softmax(seen, [3]), values]);
}

const unary = (f: (x: number) => number): Operator => ({ parameters: ['x'], compute: (g) => map(g.tensor('x'), f) });
const pairwise = (f: (a: number, b: number) => number): Operator => ({
  parameters: ['x1', 'x2'],
  compute: (g) => binary(g.tensor('x1'), g.tensor('x2'), f),
});
const reduction = (f: (row: Float64Array) => number): Operator => ({
  parameters: ['x', 'axis', 'keepdims'],
  compute: (g) => reduce(g.tensor('x'), axesOf(g.get('axis'), g.tensor('x').shape.length), g.flag('keepdims'), f),
});
const positions = (better: (a: number, b: number) => boolean): Operator => ({
  parameters: ['x', 'axis', 'keepdims'],
  compute: (g) => {
    const axis = g.get('axis');
    const x = axis === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return reduce(x, axesOf(axis ?? 0, x.shape.length), g.flag('keepdims'), firstBest(better));
  },
});
const on = (parameters: readonly string[], compute: (given: Given) => Answer): Operator => ({ parameters, compute });
const axisIn = (g: Given, otherwise: number, name = 'x') =>
  axisOf(g.number('axis', otherwise), g.tensor(name).shape.length);

const integral = /int|bool/;

function cast(x: Value, dtype: unknown): Value {
  const name =
    typeof dtype === 'string' ? dtype : String((dtype as { config?: { name?: unknown } } | null)?.config?.name);
  if (name.includes('bool')) return map(x, (element) => truth(element !== 0));
  return integral.test(name) ? map(x, Math.trunc) : map(x, (element) => element);
}

const camel = (name: string) => name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `keras.ops.nn` has the activations too, as `LeakyRelu` and so on. */
function activationOperators(): Record<string, Operator> {
  const names = [...Object.keys(SCALARS), ...Object.keys(VECTORS)];
  return Object.fromEntries(
    names.map((name) => [camel(name), on(['x'], (g) => activation(name, g.tensor('x'), g.options))]),
  );
}

/** By the class names of `keras.ops`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...activationOperators(),
  // The operator's default is another than the activation's.
  Gelu: on(['x', 'approximate'], (g) =>
    activation('gelu', g.tensor('x'), { approximate: g.get('approximate') ?? true }),
  ),
  LeakyRelu: on(['x', 'negative_slope'], (g) =>
    activation('leaky_relu', g.tensor('x'), { negative_slope: g.number('negative_slope', 0.2) }),
  ),
  ReLU: on(['x', 'negative_slope', 'max_value', 'threshold'], (g) => activation('relu', g.tensor('x'), g.options)),
  Add: pairwise((a, b) => a + b),
  Subtract: pairwise((a, b) => a - b),
  Multiply: pairwise((a, b) => a * b),
  Divide: pairwise((a, b) => a / b),
  TrueDivide: pairwise((a, b) => a / b),
  DivideNoNan: pairwise((a, b) => (b === 0 ? 0 : a / b)),
  FloorDivide: pairwise((a, b) => Math.floor(a / b)),
  Mod: pairwise((a, b) => a - b * Math.floor(a / b)),
  Remainder: pairwise((a, b) => a - b * Math.floor(a / b)),
  Fmod: pairwise((a, b) => a % b),
  Power: pairwise((a, b) => a ** b),
  Maximum: pairwise(Math.max),
  Minimum: pairwise(Math.min),
  Arctan2: pairwise(Math.atan2),
  Hypot: pairwise(Math.hypot),
  Logaddexp: pairwise((a, b) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
  SquaredDifference: pairwise((a, b) => (a - b) ** 2),
  Equal: pairwise((a, b) => truth(a === b)),
  NotEqual: pairwise((a, b) => truth(a !== b)),
  Less: pairwise((a, b) => truth(a < b)),
  LessEqual: pairwise((a, b) => truth(a <= b)),
  Greater: pairwise((a, b) => truth(a > b)),
  GreaterEqual: pairwise((a, b) => truth(a >= b)),
  LogicalAnd: pairwise((a, b) => truth(a !== 0 && b !== 0)),
  LogicalOr: pairwise((a, b) => truth(a !== 0 || b !== 0)),
  LogicalXor: pairwise((a, b) => truth((a !== 0) !== (b !== 0))),
  LogicalNot: unary((x) => truth(x === 0)),
  Absolute: unary(Math.abs),
  Abs: unary(Math.abs),
  Negative: unary((x) => -x),
  Square: unary((x) => x * x),
  Sqrt: unary(Math.sqrt),
  Rsqrt: unary((x) => 1 / Math.sqrt(x)),
  Cbrt: unary(Math.cbrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Exp2: unary((x) => 2 ** x),
  Expm1: unary(Math.expm1),
  Log: unary(Math.log),
  Log1p: unary(Math.log1p),
  Log2: unary(Math.log2),
  Log10: unary(Math.log10),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Arcsin: unary(Math.asin),
  Arccos: unary(Math.acos),
  Arctan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Arcsinh: unary(Math.asinh),
  Arccosh: unary(Math.acosh),
  Arctanh: unary(Math.atanh),
  Erf: unary(erf),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Trunc: unary(Math.trunc),
  Sign: unary(Math.sign),
  Isnan: unary((x) => truth(Number.isNaN(x))),
  Isfinite: unary((x) => truth(Number.isFinite(x))),
  Isinf: unary((x) => truth(Math.abs(x) === Number.POSITIVE_INFINITY)),
  ZerosLike: unary(() => 0),
  OnesLike: unary(() => 1),
  Identity: unary((x) => x),
  StopGradient: on(['variable'], (g) => g.tensor('variable')),
  Copy: unary((x) => x),
  Round: on(['x', 'decimals'], (g) => {
    const factor = 10 ** g.number('decimals', 0);
    return map(g.tensor('x'), (x) => roundEven(x * factor) / factor);
  }),
  Clip: on(['x', 'x_min', 'x_max'], (g) => {
    const low = g.get('x_min') === null ? value([], [Number.NEGATIVE_INFINITY]) : g.tensor('x_min');
    const high = g.get('x_max') === null ? value([], [Number.POSITIVE_INFINITY]) : g.tensor('x_max');
    return binary(binary(g.tensor('x'), low, Math.max), high, Math.min);
  }),
  Where: on(['condition', 'x1', 'x2'], (g) => where(g.tensor('condition'), g.tensor('x1'), g.tensor('x2'))),
  FullLike: on(['x', 'fill_value'], (g) => broadcastTo(g.tensor('fill_value'), g.tensor('x').shape)),
  Cast: on(['x', 'dtype'], (g) => cast(g.tensor('x'), g.get('dtype'))),
  ConvertToTensor: on(['x'], (g) => g.tensor('x')),
  Mean: reduction(meanOf),
  Sum: reduction(sumOf),
  Max: reduction(largestOf),
  Min: reduction(smallestOf),
  Amax: reduction(largestOf),
  Amin: reduction(smallestOf),
  Prod: reduction((row) => row.reduce((a, b) => a * b, 1)),
  Var: reduction(varianceOf),
  Std: reduction((row) => Math.sqrt(varianceOf(row))),
  Any: reduction((row) => truth(row.some((element) => element !== 0))),
  All: reduction((row) => truth(row.every((element) => element !== 0))),
  CountNonzero: reduction((row) => row.filter((element) => element !== 0).length),
  Logsumexp: reduction((row) => {
    const most = largestOf(row);
    return most + Math.log(sumOf(row.map((element) => Math.exp(element - most))));
  }),
  Argmax: positions((a, b) => a > b),
  Argmin: positions((a, b) => a < b),
  Average: on(['x', 'weights'], (g) => {
    const x = g.tensor('x');
    const axes = axesOf(g.get('axis'), x.shape.length);
    if (g.get('weights') === null) return reduce(x, axes, false, meanOf);
    const weights = g.tensor('weights');
    const lined =
      weights.shape.length === x.shape.length
        ? weights
        : reshape(
            weights,
            x.shape.map((n, i) => (axes.includes(i) ? n : 1)),
          );
    return divide(
      reduce(multiply(x, lined), axes, false, sumOf),
      reduce(broadcastTo(lined, x.shape), axes, false, sumOf),
    );
  }),
  Moments: on(['x', 'axes', 'keepdims'], (g) => {
    const axes = axesOf(g.get('axes'), g.tensor('x').shape.length);
    return [
      reduce(g.tensor('x'), axes, g.flag('keepdims'), meanOf),
      reduce(g.tensor('x'), axes, g.flag('keepdims'), varianceOf),
    ];
  }),
  Norm: on(['x', 'ord', 'axis', 'keepdims'], (g) => {
    const order = g.get('ord') ?? 2;
    const p = order === 'fro' ? 2 : Number(order);
    const powers = map(g.tensor('x'), (x) => Math.abs(x) ** p);
    return map(
      reduce(powers, axesOf(g.get('axis'), powers.shape.length), g.flag('keepdims'), sumOf),
      (sum) => sum ** (1 / p),
    );
  }),
  Normalize: on(['x', 'axis', 'order', 'epsilon'], (g) =>
    normalized(
      g.tensor('x'),
      axesOf(g.get('axis') ?? -1, g.tensor('x').shape.length),
      g.number('order', 2),
      g.number('epsilon', 1e-7),
    ),
  ),
  Cumsum: on(['x', 'axis'], (g) => cumulative(g.tensor('x'), axisIn(g, 0), (a, b) => a + b)),
  Cumprod: on(['x', 'axis'], (g) => cumulative(g.tensor('x'), axisIn(g, 0), (a, b) => a * b)),
  Matmul: on(['x1', 'x2'], (g) => matmul(g.tensor('x1'), g.tensor('x2'))),
  Dot: on(['x1', 'x2'], (g) => numpyDot(g.tensor('x1'), g.tensor('x2'))),
  Tensordot: on(['x1', 'x2', 'axes'], (g) => tensordot(g.tensor('x1'), g.tensor('x2'), g.get('axes') ?? 2)),
  Reshape: on(['x', 'newshape'], (g) =>
    reshape(
      g.tensor('x'),
      g.numbers('newshape').map((size, i) => kept(size, i, g.tensor('x'))),
    ),
  ),
  Ravel: on(['x'], (g) => reshape(g.tensor('x'), [-1])),
  Transpose: on(['x', 'axes'], (g) => {
    const rank = g.tensor('x').shape.length;
    const axes =
      g.get('axes') === null ? Array.from({ length: rank }, (_, i) => rank - 1 - i) : axesOf(g.get('axes'), rank);
    return transpose(g.tensor('x'), axes);
  }),
  Swapaxes: on(['x', 'axis1', 'axis2'], (g) => {
    const rank = g.tensor('x').shape.length;
    const [a, b] = [axisOf(g.number('axis1'), rank), axisOf(g.number('axis2'), rank)];
    return transpose(
      g.tensor('x'),
      Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i)),
    );
  }),
  Moveaxis: on(['x', 'source', 'destination'], (g) =>
    moveAxes(g.tensor('x'), g.numbers('source'), g.numbers('destination')),
  ),
  ExpandDims: on(['x', 'axis'], (g) =>
    g
      .numbers('axis')
      .toSorted((a, b) => a - b)
      .reduce(expand, g.tensor('x')),
  ),
  Squeeze: on(['x', 'axis'], (g) => {
    const x = g.tensor('x');
    const ones = x.shape.map((size, i) => (size === 1 ? i : -1)).filter((i) => i >= 0);
    return squeeze(x, g.get('axis') === null ? ones : axesOf(g.get('axis'), x.shape.length));
  }),
  BroadcastTo: on(['x', 'shape'], (g) => broadcastTo(g.tensor('x'), g.numbers('shape'))),
  Concatenate: on(['xs', 'axis'], (g) => {
    const parts = g.tensors('xs');
    return concat(parts, axisOf(g.number('axis', 0), (parts[0] as Value).shape.length));
  }),
  Stack: on(['x', 'axis'], (g) => stack(g.tensors('x'), g.number('axis', 0))),
  Unstack: on(['x', 'num', 'axis'], (g) => {
    const axis = axisIn(g, 0);
    return split(g.tensor('x'), g.tensor('x').shape[axis], axis).map((part) => squeeze(part, [axis]));
  }),
  Split: on(['x', 'indices_or_sections', 'axis'], (g) =>
    split(g.tensor('x'), g.get('indices_or_sections'), axisIn(g, 0)),
  ),
  GetItem: on(['x', 'key'], (g) => indexed(g.tensor('x'), g.get('key'))),
  Slice: on(['inputs', 'start_indices', 'shape'], (g) => {
    const [starts, sizes] = [g.tensor('start_indices').data, g.numbers('shape')];
    return sizes.reduce((part, size, axis) => {
      const start = starts[axis] as number;
      return slice(part, axis, start, size === -1 ? (part.shape[axis] as number) - start : size);
    }, g.tensor('inputs'));
  }),
  Take: on(['x', 'indices', 'axis'], (g) => {
    const x = g.get('axis') === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return take(x, g.tensor('indices'), axisOf(g.number('axis', 0), x.shape.length));
  }),
  Repeat: on(['x', 'repeats', 'axis'], (g) => {
    const x = g.get('axis') === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return repeatAlong(x, axisOf(g.number('axis', 0), x.shape.length), g.get('repeats'));
  }),
  Tile: on(['x', 'repeats'], (g) => tile(g.tensor('x'), g.numbers('repeats'))),
  Flip: on(['x', 'axis'], (g) =>
    axesOf(g.get('axis'), g.tensor('x').shape.length).reduce((x, axis) => {
      const size = x.shape[axis] as number;
      return slice(x, axis, size - 1, size, -1);
    }, g.tensor('x')),
  ),
  Roll: on(['x', 'shift', 'axis'], (g) => {
    const [x, axis] = [g.tensor('x'), axisIn(g, 0)];
    const size = x.shape[axis] as number;
    const cut = (((size - g.number('shift')) % size) + size) % size;
    return concat([slice(x, axis, cut, size - cut), slice(x, axis, 0, cut)], axis);
  }),
  Pad: on(['x', 'pad_width', 'mode', 'constant_values'], (g) => {
    const given = g.get('pad_width');
    const pairs = (
      typeof given === 'number' ? [[given, given]] : typeof (given as number[])[0] === 'number' ? [given] : given
    ) as [number, number][];
    if (String(g.get('mode') ?? 'constant').toLowerCase() !== 'constant')
      throw wrong('constant', 'argument mode', g.get('mode'));
    const x = g.tensor('x');
    return pad(
      x,
      x.shape.map((_, i) => pairs[pairs.length === 1 ? 0 : i] as [number, number]),
      g.number('constant_values', 0),
    );
  }),
  OneHot: on(['x', 'num_classes', 'axis'], (g) => oneHot(g.tensor('x'), g.number('num_classes'), g.number('axis', -1))),
  Tril: on(['x', 'k'], (g) => triangle(g.tensor('x'), (row, column) => column - row <= g.number('k', 0))),
  Triu: on(['x', 'k'], (g) => triangle(g.tensor('x'), (row, column) => column - row >= g.number('k', 0))),
  Softmax: on(['x', 'axis'], (g) => softmax(g.tensor('x'), axesOf(g.get('axis') ?? -1, g.tensor('x').shape.length))),
  LogSoftmax: on(['x', 'axis'], (g) =>
    logSoftmax(g.tensor('x'), axesOf(g.get('axis') ?? -1, g.tensor('x').shape.length)),
  ),
  DotProductAttention: on(['query', 'key', 'value', 'bias', 'mask', 'scale', 'is_causal'], attend),
};

/** Keras 3's 0 and -1 in a new shape: -1 alone is free. */
function kept(size: number, axis: number, x: Value): number {
  return size === 0 ? (x.shape[axis] ?? 0) : size;
}
