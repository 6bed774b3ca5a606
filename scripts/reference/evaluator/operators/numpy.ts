import {
  axisOf,
  binary,
  broadcastTo,
  concat,
  type Doubles,
  doubles,
  expand,
  map,
  reduce,
  reshape,
  roundEven,
  sizeOf,
  sumOf,
  where,
  wrong,
} from '../doubles.ts';
import { erf } from '../kinds/activations.ts';
import { pieces, split, stack } from './arrays.ts';
import { alongRows, built, cellOf } from './cells.ts';
import { axisIn, type Given, type Operator, on, onTensor, pairwise, unary } from './given.ts';
import { reduction } from './reductions.ts';

const bits = (f: (a: number, b: number) => number) => pairwise(f, ['x', 'y']);

/** By Newton's steps on `erf`. */
export function erfinv(x: number): number {
  if (Math.abs(x) >= 1) return x * Number.POSITIVE_INFINITY;
  let y = 0;
  for (let i = 0; i < 60; i++) y -= ((erf(y) - x) * Math.sqrt(Math.PI)) / 2 / Math.exp(-y * y);
  return y;
}

/** The modified Bessel function of order 0 by its series. */
export function besselI0(x: number): number {
  let [term, sum] = [1, 1];
  for (let n = 1; n < 500 && term > sum * 1e-17; n++) {
    term *= (x * x) / (4 * n * n);
    sum += term;
  }
  return sum;
}

const logaddexp = (a: number, b: number) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

export function saturated(x: Doubles, dtype: unknown): Doubles {
  const limits = LIMITS[String(dtype)];
  if (!limits) return x;
  return map(x, (element) => Math.min(Math.max(Math.trunc(element), limits[0]), limits[1]));
}

function joined(axisFor: (rank: number) => number, least: number): Operator {
  return on(['xs'], (g) => {
    const parts = g.tensors('xs').map((part) => {
      const wide = part.shape.length < 2 && least > 1 ? expand(part, 0) : part;
      return wide.shape.length < 3 && least > 2 ? expand(wide, 2) : wide;
    });
    return concat(parts, axisFor((parts[0] as Doubles).shape.length));
  });
}

const splitting = (axisFor: (rank: number) => number): Operator =>
  onTensor(['x', 'indices_or_sections'], (x, g) => split(x, g.get('indices_or_sections'), axisFor(x.shape.length)));

function between(g: Given): Doubles {
  const [a, b] = [g.tensor('start'), g.tensor('stop')];
  const count = g.number('num', 50);
  const last = g.get('endpoint') === false ? count : count - 1;
  const parts = Array.from({ length: count }, (_, i) => binary(a, b, (x, y) => x + ((y - x) * i) / Math.max(last, 1)));
  return stack(parts, g.number('axis', 0));
}

/** The share of the numbers that lies below, between the two sorted ones around it. */
function quantileOf(row: Float64Array, share: number): number {
  if (row.some(Number.isNaN)) return Number.NaN;
  const sorted = row.toSorted();
  const place = share * (row.length - 1);
  const low = sorted[Math.floor(place)] as number;
  return low + ((sorted[Math.ceil(place)] as number) - low) * (place - Math.floor(place));
}

const quantiles = (scale: number): Operator =>
  onTensor(['x', 'q', 'axis', 'method', 'keepdims'], (x, g) => {
    if (![null, 'linear'].includes(g.get('method') as string | null))
      throw wrong('linear', 'argument method', g.get('method'));
    const shares = g.tensor('q');
    const axes = g.axes(x);
    const answers = Array.from(shares.data, (share) =>
      reduce(x, axes, g.flag('keepdims'), (row) => quantileOf(row, share / scale)),
    );
    return shares.shape.length === 0 ? (answers[0] as Doubles) : stack(answers, 0);
  });

const isClose = (g: Given) => (a: number, b: number) => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(g.flag('equal_nan') && Number.isNaN(a) && Number.isNaN(b));
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number(a === b);
  return Number(Math.abs(a - b) <= g.number('atol', 1e-8) + g.number('rtol', 1e-5) * Math.abs(b));
};

const segments = (first: number, f: (a: number, b: number) => number): Operator =>
  onTensor(['data', 'segment_ids', 'num_segments', 'sorted'], (x, g) => {
    const ids = g.tensor('segment_ids').data;
    const size = sizeOf(x.shape.slice(1));
    const answer = doubles([g.number('num_segments'), ...x.shape.slice(1)]);
    answer.data.fill(first);
    for (const [row, id] of ids.entries()) {
      for (let i = 0; i < size; i++)
        answer.data[id * size + i] = f(answer.data[id * size + i] as number, x.data[row * size + i] as number);
    }
    return answer;
  });

/** NumPy's functions beyond arithmetic, by the class names of `keras.ops`. */
export const NUMPY: Readonly<Record<string, Operator>> = {
  Fabs: unary(Math.abs),
  Deg2rad: unary((x) => (x * Math.PI) / 180),
  Rad2deg: unary((x) => (x * 180) / Math.PI),
  Erfc: unary((x) => 1 - erf(x)),
  Erfinv: unary(erfinv),
  I0: unary(besselI0),
  Sinc: unary((x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))),
  Isposinf: unary((x) => Number(x === Number.POSITIVE_INFINITY)),
  Isneginf: unary((x) => Number(x === Number.NEGATIVE_INFINITY)),
  Isreal: unary(() => 1),
  Signbit: unary((x) => Number(x < 0 || Object.is(x, -0))),
  Real: unary((x) => x),
  Conj: unary((x) => x),
  Conjugate: unary((x) => x),
  Imag: unary(() => 0),
  Angle: unary((x) => (x < 0 ? Math.PI : 0)),
  EmptyLike: unary(() => 0),
  Array: onTensor(['x', 'dtype'], (x) => x),
  NanToNum: on(['x', 'nan', 'posinf', 'neginf'], (g) => {
    const most = 3.4028234663852886e38;
    return map(g.tensor('x'), (x) => {
      if (Number.isNaN(x)) return g.number('nan', 0);
      if (x === Number.POSITIVE_INFINITY) return g.number('posinf', most);
      return x === Number.NEGATIVE_INFINITY ? g.number('neginf', -most) : x;
    });
  }),
  SaturateCast: onTensor(['x', 'dtype'], (x, g) => saturated(x, g.get('dtype'))),
  Fmax: pairwise((a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))),
  Fmin: pairwise((a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b))),
  Heaviside: pairwise((a, b) => (a < 0 ? 0 : a === 0 ? b : 1)),
  Ldexp: pairwise((a, b) => a * 2 ** b),
  Logaddexp2: pairwise((a, b) => logaddexp(a * Math.LN2, b * Math.LN2) / Math.LN2),
  BitwiseAnd: bits((a, b) => a & b),
  BitwiseOr: bits((a, b) => a | b),
  BitwiseXor: bits((a, b) => a ^ b),
  BitwiseInvert: unary((x) => ~x),
  BitwiseNot: unary((x) => ~x),
  BitwiseLeftShift: bits((a, b) => a << b),
  LeftShift: bits((a, b) => a << b),
  BitwiseRightShift: bits((a, b) => a >> b),
  RightShift: bits((a, b) => a >> b),
  Isclose: onTensor(['x1', 'x2', 'rtol', 'atol', 'equal_nan'], (x, g) => binary(x, g.tensor('x2'), isClose(g))),
  Select: on(['condlist', 'choicelist', 'default'], (g) => {
    const choices = g.tensors('choicelist');
    return g
      .tensors('condlist')
      .reduceRight(
        (rest, test, i) => where(test, choices[i] as Doubles, rest),
        g.get('default') === null ? doubles([], [0]) : g.tensor('default'),
      );
  }),
  Ptp: reduction((row) => Math.max(...row) - Math.min(...row)),
  Median: reduction((row) => quantileOf(row, 0.5)),
  Quantile: quantiles(1),
  Percentile: quantiles(100),
  Diff: on(['a', 'n', 'axis'], (g) =>
    Array.from({ length: g.number('n', 1) }).reduce(
      (x: Doubles) =>
        alongRows(x, g.number('axis', -1), (row) => row.subarray(1).map((value, i) => value - (row[i] as number))),
      g.tensor('a'),
    ),
  ),
  Trapezoid: onTensor(['y', 'x', 'dx', 'axis'], (x, g) => {
    const axis = g.number('axis', -1);
    const places = g.get('x') === null ? undefined : g.tensor('x').data;
    const sums = alongRows(x, axis, (row) => [
      sumOf(
        row.subarray(1).map((value, i) => {
          const step = places ? (places[i + 1] as number) - (places[i] as number) : g.number('dx', 1);
          return ((value + (row[i] as number)) / 2) * step;
        }),
      ),
    ]);
    return reduce(sums, [axisOf(axis, sums.shape.length)], false, sumOf);
  }),
  Hstack: joined((rank) => (rank === 1 ? 0 : 1), 1),
  Vstack: joined(() => 0, 2),
  Dstack: joined(() => 2, 3),
  Hsplit: splitting((rank) => (rank === 1 ? 0 : 1)),
  Vsplit: splitting(() => 0),
  Dsplit: splitting(() => 2),
  ArraySplit: on(['x', 'indices_or_sections', 'axis'], (g) => {
    const [x, sections, axis] = [g.tensor('x'), g.get('indices_or_sections'), axisIn(g, 0)];
    if (typeof sections !== 'number') return split(x, sections, axis);
    const size = x.shape[axis] as number;
    const sizes = Array.from({ length: sections }, (_, i) => Math.ceil((size - i) / sections));
    return pieces(x, axis, sizes);
  }),
  Fliplr: onTensor(['x'], (x) => alongRows(x, 1, (row) => row.toReversed())),
  Flipud: onTensor(['x'], (x) => alongRows(x, 0, (row) => row.toReversed())),
  Append: onTensor(['x1', 'x2', 'axis'], (x, g) => {
    const parts = [x, g.tensor('x2')];
    if (g.get('axis') === null)
      return concat(
        parts.map((part) => reshape(part, [-1])),
        0,
      );
    return concat(parts, axisOf(g.number('axis'), (parts[0] as Doubles).shape.length));
  }),
  Linspace: on(['start', 'stop', 'num', 'endpoint', 'retstep', 'dtype', 'axis'], between),
  Logspace: on(['start', 'stop', 'num', 'endpoint', 'base', 'dtype', 'axis'], (g) =>
    map(between(g), (power) => g.number('base', 10) ** power),
  ),
  Full: onTensor(['fill_value', 'shape', 'dtype'], (x, g) => broadcastTo(x, g.numbers('shape'))),
  ExtractSequences: on(['x', 'sequence_length', 'sequence_stride'], (g) => {
    const [x, length, stride] = [g.tensor('x'), g.number('sequence_length'), g.number('sequence_stride')];
    const count = Math.floor(((x.shape.at(-1) as number) - length) / stride) + 1;
    return built([...x.shape.slice(0, -1), count, length], (index) => {
      const [frame, at] = index.slice(-2) as [number, number];
      return cellOf(x, [...index.slice(0, -2), frame * stride + at]);
    });
  }),
  IsIn: on(['x1', 'x2', 'assume_unique', 'invert'], (g) => {
    const list = new Set(g.tensor('x2').data);
    return map(g.tensor('x1'), (x) => Number(list.has(x) !== g.flag('invert')));
  }),
  SegmentSum: segments(0, (a, b) => a + b),
  SegmentProd: segments(1, (a, b) => a * b),
  SegmentMax: segments(-3.4028234663852886e38, Math.max),
  SegmentMin: segments(3.4028234663852886e38, Math.min),
  Round: on(['x', 'decimals'], (g) => {
    const factor = 10 ** g.number('decimals', 0);
    return map(g.tensor('x'), (x) => roundEven(x * factor) / factor);
  }),
  Size: onTensor(['x'], (x) => doubles([], [x.data.length])),
};

/** `keras.ops.meshgrid`: its lines are all the arguments. */
export function meshgrid(lines: readonly Doubles[], indexing: unknown): Doubles[] {
  const order = lines.map((_, i) => i);
  if (indexing !== 'ij' && order.length > 1) [order[0], order[1]] = [1, 0];
  const shape = order.map((i) => (lines[i] as Doubles).data.length);
  return lines.map((line, i) => built(shape, (index) => line.data[index[order.indexOf(i)] as number] as number));
}
