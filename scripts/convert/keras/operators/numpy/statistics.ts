import type { Value } from '#onnx';
import {
  axisOf,
  badCall,
  constantOf,
  datatypeNamed,
  integer,
  integers,
  numberIn,
  type Operand,
  omitted,
  positiveAxis,
} from '../operand.ts';
import { type OperatorDefinition, onKerasOrder } from '../operator.ts';
import { fixedSize, frontAxes, type Tensors } from '../tensors.ts';

const AXES = ['x|input|input_tensor|a', 'axis', 'keepdims|keep_dims'];

function axesIn(operand: Operand, x: Value, where: string): number[] {
  return frontAxes(omitted(operand) ? undefined : integers(operand, where), x.shape.length, where);
}

type Fold = (to: Tensors, x: Value, axes: readonly number[], keep: boolean) => Value;

function folding(
  keras: readonly string[],
  tensorflow: readonly string[],
  fold: Fold,
  integersToo = false,
): OperatorDefinition {
  return onKerasOrder(keras, tensorflow, AXES, (to, x, { axis, keepdims }) => {
    const given = integersToo ? x : to.cast(x, 'float32');
    return fold(to, given, axesIn(axis, x, `the axes of ${keras[0] ?? tensorflow[0]}`), keepdims === true);
  });
}

const nans = (to: Tensors, x: Value): Value => ({ ...to.unary('IsNaN', x), datatype: 'bool' });
const without = (to: Tensors, x: Value, instead: number) => to.where(nans(to, x), instead, x);
const counted: Fold = (to, x, axes, keep) =>
  to.reduce('ReduceSum', to.cast(to.not(nans(to, x)), 'float32'), axes, keep);
const nanMean: Fold = (to, x, axes, keep) =>
  to.divide(to.reduce('ReduceSum', without(to, x, 0), axes, keep), counted(to, x, axes, keep));
const nanVariance: Fold = (to, x, axes, keep) => {
  const gap = to.subtract(x, nanMean(to, x, axes, true));
  return nanMean(to, to.multiply(gap, gap), axes, keep);
};

/** NaN where there is nothing but NaN. */
function orNan(to: Tensors, x: Value, axes: readonly number[], keep: boolean, answer: Value): Value {
  return to.where(to.compare('Equal', counted(to, x, axes, keep), 0), Number.NaN, answer);
}

const variance: Fold = (to, x, axes, keep) => {
  const gap = to.subtract(x, to.reduce('ReduceMean', x, axes, true));
  return to.reduce('ReduceMean', to.multiply(gap, gap), axes, keep);
};

/** The product so far: ONNX has none, so each place multiplies all before it. */
function productSoFar(to: Tensors, x: Value, axis: number, exclusive = false, reverse = false): Value {
  const size = fixedSize(x, axis, 'a cumulative product');
  const wide = to.expand(to.last(x, axis), x.shape.length - 1);
  const seen = Array.from({ length: size * size }, (_, i) => {
    const [place, other] = [Math.floor(i / size), i % size];
    const before = reverse ? other - place : place - other;
    return Number(exclusive ? before > 0 : before >= 0);
  });
  const factors = to.where(to.constant('bool', seen, [size, size]), wide, 1);
  return to.back(to.reduce('ReduceProd', factors, [x.shape.length]), axis);
}

function cumulative(
  keras: readonly string[],
  tensorflow: readonly string[],
  product: boolean,
  instead?: number,
): OperatorDefinition {
  return onKerasOrder(
    keras,
    tensorflow,
    ['x', 'axis', keras.length > 0 ? 'dtype' : 'exclusive', 'reverse'],
    (to, given, { axis, dtype, exclusive, reverse }) => {
      const typed = omitted(dtype) ? given : to.cast(given, datatypeNamed(dtype));
      const floats = typed.datatype === 'bool' ? to.cast(typed, 'int32') : typed;
      const there = instead === undefined ? floats : without(to, to.cast(floats, 'float32'), instead);
      const all = omitted(axis) ? keras.length > 0 : false;
      const x = all ? to.flat(there) : there;
      const along = positiveAxis(
        all ? 0 : integer(axis, 'the axis of a cumulative sum', 0),
        x.shape.length,
        'a cumulative sum',
      );
      if (product) return productSoFar(to, x, along, exclusive === true, reverse === true);
      return to.cumulate(x, along, { exclusive: exclusive === true ? 1 : 0, reverse: reverse === true ? 1 : 0 });
    },
  );
}

/** The number below which a share of all lie, between the two sorted ones around it. */
function quantile(
  to: Tensors,
  x: Value,
  q: Operand,
  axes: readonly number[],
  keep: boolean,
  method: Operand,
  scale = 1,
): Value {
  const shares = constantOf(q);
  if (!shares) throw badCall('constant numbers', 'q of a quantile', q);
  // Operations of Keras 3.15 forget their method and answer `linear`; another version may not.
  if (method !== undefined && method !== null && method !== 'linear')
    throw badCall('linear', 'the method of a quantile', method);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const moved = to.transpose(x, [...kept, ...axes]);
  const count = axes.reduce((n, axis) => n * fixedSize(x, axis, 'a quantile'), 1);
  const rows = to.reshape(moved, [...kept.map((axis) => x.shape[axis] ?? null), count]);
  const [largest] = to.sorted(to.cast(rows, 'float32'), kept.length, true);
  const bad = to.reduce('ReduceMax', to.cast(nans(to, to.cast(rows, 'float32')), 'int32'), [kept.length]);
  const answers = shares.values.map((share) => {
    const place = (share / scale) * (count - 1);
    const [below, above, part] = [Math.floor(place), Math.ceil(place), place - Math.floor(place)];
    const low = to.cell(largest, count - 1 - below, kept.length);
    const high = to.cell(largest, count - 1 - above, kept.length);
    const value = part === 0 ? low : to.add(low, to.multiply(to.subtract(high, low), part));
    const checked = to.where(to.compare('Equal', bad, 1), Number.NaN, value);
    return keep ? axes.toSorted((a, b) => a - b).reduce((y, axis) => to.expand(y, axis), checked) : checked;
  });
  return shares.dims.length === 0 ? (answers[0] as Value) : to.stack(answers, 0);
}

function quantiles(name: string, scale: number): OperatorDefinition {
  return onKerasOrder([name], [], ['x', 'q', 'axis', 'method', 'keepdims'], (to, x, { q, axis, method, keepdims }) =>
    quantile(to, x, q, axesIn(axis, x, name), keepdims === true, method, scale),
  );
}

/** The p-norm of vectors, and Frobenius's of matrices. */
function norm(to: Tensors, x: Value, order: Operand, axis: Operand, keep: boolean): Value {
  const axes = axesIn(axis, x, 'the axes of Norm');
  if (axes.length > 1 && order !== undefined && order !== null && order !== 'fro' && order !== 'euclidean') {
    if (!(axes.length === x.shape.length && axis == null))
      throw badCall('fro', 'the order of a norm of matrices', order);
  }
  const p = omitted(order) || order === 'fro' || order === 'euclidean' ? 2 : Number(order);
  if (Number.isNaN(p)) throw badCall('a number, fro or euclidean', 'the order of a norm', order);
  const size = to.unary('Abs', x);
  if (p === Number.POSITIVE_INFINITY) return to.reduce('ReduceMax', size, axes, keep);
  if (p === Number.NEGATIVE_INFINITY) return to.reduce('ReduceMin', size, axes, keep);
  if (p === 0) return to.reduce('ReduceSum', to.cast(to.not(to.compare('Equal', x, 0)), 'float32'), axes, keep);
  if (p === 1) return to.reduce('ReduceSum', size, axes, keep);
  if (p === 2) return to.unary('Sqrt', to.reduce('ReduceSum', to.multiply(x, x), axes, keep));
  return to.binary('Pow', to.reduce('ReduceSum', to.binary('Pow', size, p), axes, keep), 1 / p);
}

function place(name: string, largest: boolean): OperatorDefinition {
  return onKerasOrder([name], [], ['x', 'axis', 'keepdims'], (to, given, { axis, keepdims }) => {
    const floats = to.cast(given, 'float32');
    const all = omitted(axis);
    const x = all ? to.flat(floats) : floats;
    const along = all ? 0 : axisOf(axis, x, name);
    const edge = largest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const filled = without(to, x, edge);
    const answer = to.graph.op(largest ? 'ArgMax' : 'ArgMin', [filled.name], { axis: along, keepdims: 1 });
    const kept: Value = { ...x, name: answer, shape: x.shape.with(along, 1), datatype: 'int64' };
    // TensorFlow answers -1 where there is nothing but NaN.
    const found = to.where(to.compare('Equal', counted(to, x, [along], true), 0), -1, to.cast(kept, 'int32'));
    if (keepdims === true && all) throw badCall('an axis', `${name} with keepdims`, axis);
    return keepdims === true ? found : to.squeeze(found, along);
  });
}

/** What one number of several is made of, beyond sums and means; and what is summed on the way. */
export const STATISTICS: readonly OperatorDefinition[] = [
  folding(
    ['CountNonzero'],
    ['math.count_nonzero'],
    (to, x, axes, keep) => to.reduce('ReduceSum', to.cast(to.cast(x, 'bool'), 'int32'), axes, keep),
    true,
  ),
  folding(['Ptp'], [], (to, x, axes, keep) =>
    to.subtract(to.reduce('ReduceMax', x, axes, keep), to.reduce('ReduceMin', x, axes, keep)),
  ),
  folding([], ['math.reduce_euclidean_norm'], (to, x, axes, keep) => norm(to, x, null, axes, keep)),
  folding(['Median'], [], (to, x, axes, keep) => quantile(to, x, 0.5, axes, keep, 'linear')),
  quantiles('Quantile', 1),
  quantiles('Percentile', 100),
  folding(['Nansum'], [], (to, x, axes, keep) => to.reduce('ReduceSum', without(to, x, 0), axes, keep)),
  folding(['Nanprod'], [], (to, x, axes, keep) => to.reduce('ReduceProd', without(to, x, 1), axes, keep)),
  folding(['Nanmax'], [], (to, x, axes, keep) =>
    orNan(to, x, axes, keep, to.reduce('ReduceMax', without(to, x, Number.NEGATIVE_INFINITY), axes, keep)),
  ),
  folding(['Nanmin'], [], (to, x, axes, keep) =>
    orNan(to, x, axes, keep, to.reduce('ReduceMin', without(to, x, Number.POSITIVE_INFINITY), axes, keep)),
  ),
  folding(['Nanmean'], [], nanMean),
  folding(['Nanvar'], [], nanVariance),
  folding(['Nanstd'], [], (to, x, axes, keep) => to.unary('Sqrt', nanVariance(to, x, axes, keep))),
  place('Nanargmax', true),
  place('Nanargmin', false),
  cumulative(['Cumsum'], [], false),
  cumulative([], ['math.cumsum', 'cumsum', 'keras.backend.cumsum'], false),
  cumulative(['Cumprod'], [], true),
  cumulative([], ['math.cumprod', 'keras.backend.cumprod'], true),
  cumulative(['Nancumsum'], [], false, 0),
  cumulative(['Nancumprod'], [], true, 1),
  onKerasOrder(
    ['Norm'],
    ['norm', 'linalg.norm'],
    ['x|tensor', 'ord', 'axis', 'keepdims|keep_dims'],
    (to, x, { ord, axis, keepdims }) => norm(to, to.cast(x, 'float32'), ord, axis, keepdims === true),
  ),
  onKerasOrder([], ['clip_by_norm'], ['t|values', 'clip_norm', 'axes'], (to, x, { clip_norm, axes }) => {
    const most = numberIn(clip_norm, 'clip_norm', 1);
    const length = norm(to, x, null, axes, true);
    return to.divide(to.multiply(x, most), to.binary('Max', length, most));
  }),
  onKerasOrder(
    ['Moments'],
    ['nn.moments'],
    ['x', 'axes', 'shift', 'keepdims|keep_dims', 'synchronized'],
    (to, given, { axes, keepdims }) => {
      const x = to.cast(given, 'float32');
      const along = axesIn(axes, x, 'the axes of Moments');
      return [to.reduce('ReduceMean', x, along, keepdims === true), variance(to, x, along, keepdims === true)];
    },
  ),
  onKerasOrder(['Average'], [], ['x', 'weights', 'axis'], (to, given, { axis, weights }) => {
    const x = to.cast(given, 'float32');
    const axes = axesIn(axis, x, 'the axis of Average');
    if (omitted(weights)) return to.reduce('ReduceMean', x, axes);
    const given2 = to.floats(weights, 'the weights of Average');
    const dims = x.shape.map((_, i) => (axes.includes(i) ? (given2.shape[0] ?? null) : 1));
    const lined = given2.shape.length === x.shape.length ? given2 : to.reshape(given2, dims);
    const shares = to.add(lined, to.multiply(x, 0));
    return to.divide(to.reduce('ReduceSum', to.multiply(x, lined), axes), to.reduce('ReduceSum', shares, axes));
  }),
  onKerasOrder(['Diff'], [], ['a', 'n', 'axis'], (to, x, { n, axis }) => {
    const along = axisOf(axis, x, 'Diff', -1);
    return Array.from({ length: integer(n, 'n of Diff', 1) }).reduce<Value>((y) => {
      const size = fixedSize(y, along, 'Diff');
      return to.subtract(to.slice(y, along, 1, size), to.slice(y, along, 0, size - 1));
    }, x);
  }),
  onKerasOrder(['Trapezoid'], [], ['y', 'x', 'dx', 'axis'], (to, y, { x, dx, axis }) => {
    const along = axisOf(axis, y, 'Trapezoid', -1);
    const size = fixedSize(y, along, 'Trapezoid');
    const sums = to.divide(to.add(to.slice(y, along, 1, size), to.slice(y, along, 0, size - 1)), 2);
    if (omitted(x)) return to.reduce('ReduceSum', to.multiply(sums, numberIn(dx, 'dx of Trapezoid', 1)), [along]);
    const places = to.floats(x, 'x of Trapezoid');
    const line =
      places.shape.length === 1
        ? to.reshape(
            places,
            y.shape.map((_, i) => (i === along ? size : 1)),
          )
        : places;
    const steps = to.subtract(to.slice(line, along, 1, size), to.slice(line, along, 0, size - 1));
    return to.reduce('ReduceSum', to.multiply(sums, steps), [along]);
  }),
];
