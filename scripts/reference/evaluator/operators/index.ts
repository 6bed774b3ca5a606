import {
  add,
  axesOf,
  axisOf,
  broadcastTo,
  concat,
  type Doubles,
  doubles,
  expand,
  map,
  pad,
  reshape,
  slice,
  squeeze,
  transpose,
  where,
  wrong,
} from '../doubles.ts';
import { einsum, matmul } from '../einsum.ts';
import { logSoftmax, softmax } from '../kinds/activations.ts';
import { indexed } from '../slices.ts';
import {
  edged,
  mirrored,
  moveAxes,
  numpyDot,
  oneHot,
  repeatAlong,
  split,
  stack,
  take,
  tensordot,
  tile,
  triangle,
} from './arrays.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { axisIn, type Given, type Operator, on, onTensor } from './given.ts';
import { MATRICES } from './matrices.ts';
import { NEURAL } from './neural.ts';
import { NUMPY } from './numpy.ts';
import { PATCHES } from './patches.ts';
import { PICTURES } from './pictures.ts';
import { PLACES } from './places.ts';
import { REDUCTIONS } from './reductions.ts';
import { STATISTICS } from './statistics.ts';
import { WINDOWS } from './windows.ts';

function attend(given: Given): Doubles {
  // [batch, steps, heads, width]
  const [query, key, values] = [given.tensor('query'), given.tensor('key'), given.tensor('value')];
  const scale = given.number('scale', 1 / Math.sqrt(query.shape.at(-1) as number));
  const plain = map(einsum('bthd,bshd->bhts', [query, key]), (score) => score * scale);
  const scores = given.get('bias') === null ? plain : add(plain, given.tensor('bias'));
  const allowed = given.get('mask') === null ? scores : where(given.tensor('mask'), scores, doubles([], [-1e30]));
  const [queries, keys] = allowed.shape.slice(-2) as [number, number];
  const causal = Float64Array.from({ length: queries * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys)));
  const seen = given.flag('is_causal')
    ? where(doubles([queries, keys], causal), allowed, doubles([], [-1e30]))
    : allowed;
  return einsum('bhts,bshd->bthd', [softmax(seen, [3]), values]);
}

/** By the class names of `keras.ops`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...NUMPY,
  ...MATRICES,
  ...PATCHES,
  ...STATISTICS,
  ...PLACES,
  ...WINDOWS,
  ...PICTURES,
  ...NEURAL,
  Matmul: onTensor(['x1', 'x2'], (x, g) => matmul(x, g.tensor('x2'))),
  Dot: onTensor(['x1', 'x2'], (x, g) => numpyDot(x, g.tensor('x2'))),
  Tensordot: onTensor(['x1', 'x2', 'axes'], (x, g) => tensordot(x, g.tensor('x2'), g.get('axes') ?? 2)),
  Reshape: onTensor(['x', 'newshape'], (x, g) =>
    reshape(
      x,
      g.numbers('newshape').map((size, i) => kept(size, i, x)),
    ),
  ),
  Ravel: onTensor(['x'], (x) => reshape(x, [-1])),
  Transpose: onTensor(['x', 'axes'], (x, g) => {
    const rank = x.shape.length;
    const axes =
      g.get('axes') === null ? Array.from({ length: rank }, (_, i) => rank - 1 - i) : axesOf(g.get('axes'), rank);
    return transpose(x, axes);
  }),
  Swapaxes: onTensor(['x', 'axis1', 'axis2'], (x, g) => {
    const rank = x.shape.length;
    const [a, b] = [axisOf(g.number('axis1'), rank), axisOf(g.number('axis2'), rank)];
    return transpose(
      x,
      Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i)),
    );
  }),
  Moveaxis: onTensor(['x', 'source', 'destination'], (x, g) =>
    moveAxes(x, g.numbers('source'), g.numbers('destination')),
  ),
  ExpandDims: onTensor(['x', 'axis'], (x, g) =>
    g
      .numbers('axis')
      .toSorted((a, b) => a - b)
      .reduce(expand, x),
  ),
  Squeeze: onTensor(['x', 'axis'], (x, g) => {
    const ones = x.shape.map((size, i) => (size === 1 ? i : -1)).filter((i) => i >= 0);
    return squeeze(x, g.get('axis') === null ? ones : g.axes(x));
  }),
  BroadcastTo: onTensor(['x', 'shape'], (x, g) => broadcastTo(x, g.numbers('shape'))),
  Concatenate: on(['xs', 'axis'], (g) => {
    const parts = g.tensors('xs');
    return concat(parts, axisOf(g.number('axis', 0), (parts[0] as Doubles).shape.length));
  }),
  Stack: on(['x', 'axis'], (g) => stack(g.tensors('x'), g.number('axis', 0))),
  Unstack: onTensor(['x', 'num', 'axis'], (x, g) => {
    const axis = axisIn(g, 0);
    return split(x, x.shape[axis], axis).map((part) => squeeze(part, [axis]));
  }),
  Split: onTensor(['x', 'indices_or_sections', 'axis'], (x, g) => split(x, g.get('indices_or_sections'), axisIn(g, 0))),
  GetItem: onTensor(['x', 'key'], (x, g) => indexed(x, g.get('key'))),
  Slice: onTensor(['inputs', 'start_indices', 'shape'], (x, g) => {
    const [starts, sizes] = [g.tensor('start_indices').data, g.numbers('shape')];
    return sizes.reduce((part, size, axis) => {
      const start = starts[axis] as number;
      return slice(part, axis, start, size === -1 ? (part.shape[axis] as number) - start : size);
    }, x);
  }),
  Take: on(['x', 'indices', 'axis'], (g) => {
    const x = g.get('axis') === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return take(x, g.tensor('indices'), g.axis(x, 0));
  }),
  Repeat: on(['x', 'repeats', 'axis'], (g) => {
    const x = g.get('axis') === null ? reshape(g.tensor('x'), [-1]) : g.tensor('x');
    return repeatAlong(x, g.axis(x, 0), g.get('repeats'));
  }),
  Tile: onTensor(['x', 'repeats'], (x, g) => tile(x, g.numbers('repeats'))),
  Flip: on(['x', 'axis'], (g) =>
    axesOf(g.get('axis'), g.tensor('x').shape.length).reduce((x, axis) => {
      const size = x.shape[axis] as number;
      return slice(x, axis, size - 1, size, -1);
    }, g.tensor('x')),
  ),
  Pad: onTensor(['x', 'constant_values', 'pad_width', 'mode'], (x, g) => {
    const given = g.get('pad_width');
    const pairs = (
      typeof given === 'number' ? [[given, given]] : typeof (given as number[])[0] === 'number' ? [given] : given
    ) as [number, number][];
    const sides = x.shape.map((_, i) => pairs[pairs.length === 1 ? 0 : i] as [number, number]);
    const mode = String(g.get('mode') ?? 'constant').toLowerCase();
    if (mode === 'constant') return pad(x, sides, g.number('constant_values', 0));
    if (mode === 'edge') return sides.reduce((y, [before, after], axis) => edged(y, axis, before, after), x);
    if (mode !== 'reflect' && mode !== 'symmetric')
      throw wrong('constant, reflect, symmetric or edge', 'argument mode', mode);
    return sides.reduce((y, [before, after], axis) => mirrored(y, axis, before, after, mode === 'symmetric'), x);
  }),
  OneHot: onTensor(['x', 'num_classes', 'axis'], (x, g) => oneHot(x, g.number('num_classes'), g.number('axis', -1))),
  Tril: onTensor(['x', 'k'], (x, g) => triangle(x, (row, column) => column - row <= g.number('k', 0))),
  Triu: onTensor(['x', 'k'], (x, g) => triangle(x, (row, column) => column - row >= g.number('k', 0))),
  Softmax: onTensor(['x', 'axis'], (x, g) => softmax(x, g.axes(x, -1))),
  LogSoftmax: onTensor(['x', 'axis'], (x, g) => logSoftmax(x, g.axes(x, -1))),
  DotProductAttention: on(['query', 'key', 'value', 'bias', 'mask', 'scale', 'is_causal'], attend),
};

/** Keras 3's 0 and -1 in a new shape: -1 alone is free. */
function kept(size: number, axis: number, x: Doubles): number {
  return size === 0 ? (x.shape[axis] ?? 0) : size;
}
