import {
  axesOf,
  axisOf,
  binary,
  broadcastTo,
  concat,
  type Doubles,
  divide,
  doubles,
  map,
  multiply,
  reduce,
  reshape,
  sumOf,
  transpose,
  wrong,
} from '../../doubles.ts';
import { matmul } from '../../einsum.ts';
import { erf } from '../../kinds/activations.ts';
import { oneHot, take } from '../arrays.ts';
import { alongRows, built, cellOf } from '../cells.ts';
import { type Given, type Operator, on, onTensor, pairwise, unary } from '../given.ts';
import { crossed, diagonal, onDiagonal } from '../matrices.ts';
import { normalized, responseNormalized } from '../neural.ts';
import { besselI0, erfinv, saturated } from '../numpy.ts';
import { gatherNd, order, scattered, takeInBatches } from '../places.ts';
import { reduction } from '../reductions.ts';
import { soFar } from '../statistics.ts';
import { biased, convolved, depthToSpace, depthwise, pooled, spaceToDepth } from '../windows.ts';
import { TENSORFLOW_PICTURES } from './pictures.ts';

const POOL = ['input', 'ksize', 'strides', 'padding', 'data_format'];
const pool = (kind: 'Max' | 'Average'): Operator =>
  on(POOL, (g) => pooled(g, kind, g.has('value') ? 'value' : 'input'));

const convolution = (work: typeof convolved): Operator =>
  on(['input', 'filter', 'strides', 'padding', 'data_format', 'dilations'], (g) =>
    work(g, g.has('value') ? 'value' : 'input', g.has('filters') ? 'filters' : 'filter'),
  );

const running = (f: (a: number, b: number) => number, first: number): Operator =>
  onTensor(['x', 'axis', 'exclusive', 'reverse'], (x, g) =>
    soFar(x, g.number('axis', 0), f, first, { exclusive: g.flag('exclusive'), reverse: g.flag('reverse') }),
  );

/** Rows that fall where asked. */
const falling = (g: Given) => g.get('direction') === 'DESCENDING';

function norm(g: Given): Doubles {
  const x = g.tensor('tensor');
  const order = g.get('ord') ?? 'euclidean';
  const p = order === 'euclidean' || order === 'fro' ? 2 : Number(order);
  return reduce(x, g.axes(x), g.flag('keepdims') || g.flag('keep_dims'), (row) => {
    const sizes = row.map(Math.abs);
    return p === Number.POSITIVE_INFINITY ? Math.max(...sizes) : sumOf(sizes.map((v) => v ** p)) ** (1 / p);
  });
}

/** Python's ranges with TensorFlow's bits for what is left out. */
function strided(g: Given): Doubles {
  const [begin, end] = [g.numbers('begin'), g.numbers('end')];
  const strides = g.get('strides') === null ? begin.map(() => 1) : g.numbers('strides');
  const bit = (name: string, axis: number) => ((g.number(name, 0) >> axis) & 1) === 1;
  const gone: number[] = [];
  const cut = begin.reduce((x, start, axis) => {
    const [size, step] = [x.shape[axis] as number, strides[axis] as number];
    if (bit('shrink_axis_mask', axis)) {
      gone.push(axis);
      return take(x, doubles([1], [start]), axis);
    }
    const inside = (place: number) =>
      Math.min(Math.max(place < 0 ? place + size : place, step > 0 ? 0 : -1), step > 0 ? size : size - 1);
    const from = bit('begin_mask', axis) ? (step > 0 ? 0 : size - 1) : inside(start);
    const to = bit('end_mask', axis) ? (step > 0 ? size : -1) : inside(end[axis] as number);
    const places = Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
    return take(x, doubles([places.length], places), axis);
  }, g.tensor('input_'));
  return reshape(
    cut,
    cut.shape.filter((_, axis) => !gone.includes(axis)),
  );
}

/** Functions of TensorFlow that `keras.ops` has not, or has with other arguments: by the last part of their names. */
export const TENSORFLOW: Readonly<Record<string, Operator>> = {
  ...TENSORFLOW_PICTURES,
  shape: onTensor(['input', 'name', 'out_type'], (x) => doubles([x.shape.length], x.shape)),
  size: onTensor(['input', 'name', 'out_type'], (x) => doubles([], [x.data.length])),
  rank: onTensor(['input'], (x) => doubles([], [x.shape.length])),
  ndim: onTensor(['x'], (x) => doubles([], [x.shape.length])),
  fill: on(['dims', 'value', 'name'], (g) => broadcastTo(g.tensor('value'), g.numbers('dims'))),
  ensure_shape: onTensor(['x', 'shape'], (x) => x),
  batch_flatten: onTensor(['x'], (x) => reshape(x, [x.shape[0] as number, -1])),
  flatten: onTensor(['x'], (x) => reshape(x, [-1])),
  ...Object.fromEntries(['', '1d', '2d', '3d', '_v2'].map((kind) => [`avg_pool${kind}`, pool('Average')])),
  ...Object.fromEntries(['', '1d', '2d', '3d', '_v2'].map((kind) => [`max_pool${kind}`, pool('Max')])),
  pool: on(['input', 'window_shape', 'pooling_type', 'padding', 'dilation_rate', 'strides', 'data_format'], (g) => {
    if (g.get('strides') === null) throw wrong('strides', 'nn.pool', null);
    return pooled(g, g.get('pooling_type') === 'MAX' ? 'Max' : 'Average', 'input');
  }),
  conv1d: convolution(convolved),
  conv2d: convolution(convolved),
  conv3d: convolution(convolved),
  convolution: convolution(convolved),
  depthwise_conv2d: convolution(depthwise),
  separable_conv2d: on(
    ['input', 'depthwise_filter', 'pointwise_filter', 'strides', 'padding', 'data_format', 'dilations'],
    (g) => {
      const middle = depthwise(g, 'input', 'depthwise_filter');
      const filter = g.tensor('pointwise_filter');
      return matmul(middle, reshape(filter, filter.shape.slice(-2)));
    },
  ),
  bias_add: on(['value', 'bias', 'data_format'], (g) =>
    biased(g.tensor(g.has('x') ? 'x' : 'value'), g.tensor('bias'), g.get('data_format')),
  ),
  depth_to_space: onTensor(['input', 'block_size', 'data_format'], (x, g) =>
    depthToSpace(x, g.number('block_size'), g.get('data_format')),
  ),
  space_to_depth: onTensor(['input', 'block_size', 'data_format'], (x, g) =>
    spaceToDepth(x, g.number('block_size'), g.get('data_format')),
  ),
  'bitwise.invert': unary((x) => ~x),
  invert: on(['x', 'name'], (g) => {
    // Of truths the other, of integers all bits.
    const truths = g.tensor('x').data.every((x) => x === 0 || x === 1);
    return map(g.tensor('x'), (x) => (truths ? 1 - x : ~x));
  }),
  batch_normalization: onTensor(['x', 'mean', 'variance', 'offset', 'scale', 'variance_epsilon'], (x, g) => {
    const of = (name: string) => (g.get(name) === null ? undefined : g.tensor(name));
    return normalized(
      x,
      g.tensor('mean'),
      g.tensor('variance'),
      g.number('variance_epsilon'),
      of('scale'),
      of('offset'),
    );
  }),
  local_response_normalization: onTensor(['input', 'depth_radius', 'bias', 'alpha', 'beta'], (x, g) =>
    responseNormalized(
      x,
      g.number('depth_radius', 5),
      g.number('bias', 1),
      g.number('alpha', 1),
      g.number('beta', 0.5),
    ),
  ),
  crelu: on(['features', 'axis'], (g) => {
    const x = g.tensor('features');
    return map(concat([x, map(x, (v) => -v)], g.axis(x, -1)), (v) => Math.max(v, 0));
  }),
  dropout: onTensor(['x', 'rate', 'noise_shape', 'seed'], (x, g) => {
    if (g.number('rate') !== 0) throw wrong('0', 'the rate of dropout', g.get('rate'));
    return x;
  }),
  gather: on(['params', 'indices', 'validate_indices', 'axis', 'batch_dims'], (g) => {
    const x = g.tensor(g.has('reference') ? 'reference' : 'params');
    const batch = g.number('batch_dims', 0);
    return takeInBatches(x, g.tensor('indices'), axisOf(g.number('axis', batch), x.shape.length), batch);
  }),
  gather_nd: onTensor(['params', 'indices', 'batch_dims', 'bad_indices_policy'], (x, g) =>
    gatherNd(x, g.tensor('indices'), g.number('batch_dims', 0)),
  ),
  embedding_lookup: onTensor(['params', 'ids', 'partition_strategy'], (x, g) => take(x, g.tensor('ids'), 0)),
  one_hot: on(['indices', 'depth', 'on_value', 'off_value', 'axis', 'dtype'], (g) => {
    const hot = oneHot(g.tensor('indices'), Number(g.get('depth') ?? g.get('num_classes')), g.number('axis', -1));
    const [high, low] = [g.number('on_value', 1), g.number('off_value', 0)];
    return map(hot, (x) => (x === 1 ? high : low));
  }),
  top_k: on(['input', 'k', 'sorted'], (g) => {
    const first = (row: Float64Array) => order(row, true).slice(0, g.number('k', 1));
    const x = g.tensor('input');
    return [alongRows(x, -1, (row) => first(row).map((i) => row[i] as number)), alongRows(x, -1, first)];
  }),
  sort: onTensor(['values', 'axis', 'direction'], (x, g) =>
    alongRows(x, g.number('axis', -1), (row) => (falling(g) ? row.toSorted().toReversed() : row.toSorted())),
  ),
  argsort: onTensor(['values', 'axis', 'direction', 'stable'], (x, g) =>
    alongRows(x, g.number('axis', -1), (row) => order(row, falling(g))),
  ),
  repeat: on(['x', 'repeats', 'axis'], (g) => {
    const times = g.has('n') ? [g.number('n')] : g.numbers(g.has('rep') ? 'rep' : 'repeats');
    const given = g.tensor(g.has('input') ? 'input' : 'x');
    // `keras.backend.repeat` makes an axis, of rows.
    const x = g.has('n')
      ? reshape(given, [given.shape[0] as number, 1, ...given.shape.slice(1)])
      : g.get('axis') === null
        ? reshape(given, [-1])
        : given;
    const axis = g.has('n') ? 1 : g.number('axis', 0);
    return alongRows(x, axis, (row) =>
      [...row].flatMap((value, i) => Array<number>(times[times.length === 1 ? 0 : i] as number).fill(value)),
    );
  }),
  cumsum: running((a, b) => a + b, 0),
  cumprod: running((a, b) => a * b, 1),
  moments: onTensor(['x', 'axes', 'shift', 'keepdims'], (x, g) => {
    const axes = axesOf(g.get('axes'), x.shape.length);
    const keep = g.flag('keepdims') || g.flag('keep_dims');
    const mean = (row: Float64Array) => sumOf(row) / row.length;
    return [
      reduce(x, axes, keep, mean),
      reduce(x, axes, keep, (row) => sumOf(row.map((v) => (v - mean(row)) ** 2)) / row.length),
    ];
  }),
  norm: on(['tensor', 'ord', 'axis', 'keepdims'], norm),
  reduce_euclidean_norm: reduction((row) => Math.hypot(...row), 'input_tensor'),
  count_nonzero: reduction((row) => row.filter((v) => v !== 0).length, 'input'),
  l2_normalize: onTensor(['x', 'axis', 'epsilon'], (x, g) => {
    const sums = reduce(multiply(x, x), axesOf(g.get('axis') ?? g.get('dim'), x.shape.length), true, sumOf);
    return divide(
      x,
      map(sums, (sum) => Math.sqrt(Math.max(sum, g.number('epsilon', 1e-12)))),
    );
  }),
  clip_by_norm: on(['t', 'clip_norm', 'axes'], (g) => {
    const x = g.tensor(g.has('values') ? 'values' : 't');
    const sizes = reduce(multiply(x, x), axesOf(g.get('axes'), x.shape.length), true, (row) => Math.sqrt(sumOf(row)));
    return divide(
      map(x, (v) => v * g.number('clip_norm')),
      map(sizes, (size) => Math.max(size, g.number('clip_norm'))),
    );
  }),
  strided_slice: on(['input_', 'begin', 'end', 'strides'], strided),
  matrix_transpose: onTensor(['a'], (x) => {
    const rank = x.shape.length;
    return transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
  }),
  matvec: onTensor(['a', 'b'], (x, g) => {
    const b = g.tensor('b');
    const product = matmul(x, reshape(b, [...b.shape, 1]));
    return reshape(product, product.shape.slice(0, -1));
  }),
  cross: onTensor(['a', 'b', 'name'], (x, g) => crossed(x, g.tensor('b'), -1, -1, -1)),
  band_part: onTensor(['input', 'num_lower', 'num_upper'], (x, g) => {
    const [lower, upper] = [g.number('num_lower'), g.number('num_upper')];
    return built(x.shape, (index) => {
      const gap = (index.at(-2) as number) - (index.at(-1) as number);
      return (lower < 0 || gap <= lower) && (upper < 0 || -gap <= upper) ? cellOf(x, index) : 0;
    });
  }),
  diag: onTensor(['diagonal', 'k'], (x, g) => onDiagonal(x, g.number('k', 0))),
  diag_part: onTensor(['input', 'k'], (x, g) => diagonal(x, g.number('k', 0), -2, -1)),
  tensor_diag_part: onTensor(['input'], (x) => diagonal(x, 0, -2, -1)),
  trace: onTensor(['x'], (x) => {
    const cells = diagonal(x, 0, -2, -1);
    return reduce(cells, [cells.shape.length - 1], false, sumOf);
  }),
  saturate_cast: onTensor(['value', 'dtype'], (x, g) => saturated(x, g.get('dtype'))),
  add_n: on(['inputs'], (g) =>
    g.tensors('inputs').reduce((a, b) => ({ shape: a.shape, data: a.data.map((v, i) => v + (b.data[i] as number)) })),
  ),
  tensor_scatter_nd_update: onTensor(['tensor', 'indices', 'updates'], (x, g) =>
    scattered(x, g.tensor('indices'), g.tensor('updates'), (_, next) => next),
  ),
  scatter_nd: onTensor(['indices', 'updates', 'shape'], (x, g) =>
    scattered(doubles(g.numbers('shape')), x, g.tensor('updates'), (old, next) => old + next),
  ),
  erfc: unary((x) => 1 - erf(x)),
  erfinv: unary(erfinv),
  ndtri: unary((p) => Math.SQRT2 * erfinv(2 * p - 1)),
  bessel_i0: unary(besselI0),
  rint: unary((x) => {
    const low = Math.floor(x);
    return x - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(x);
  }),
  atan2: onTensor(['y', 'x', 'name'], (x, g) => binary(x, g.tensor('x'), Math.atan2)),
  multiply_no_nan: pairwise((a, b) => (b === 0 ? 0 : a * b), ['x', 'y']),
  xdivy: pairwise((a, b) => (a === 0 ? 0 : a / b), ['x', 'y']),
  xlogy: pairwise((a, b) => (a === 0 ? 0 : a * Math.log(b)), ['x', 'y']),
};
