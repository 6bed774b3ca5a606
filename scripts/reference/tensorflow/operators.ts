import { type Attributes, datatypeOf, flagOf, numberOf, numbers, textOf } from '#tensorflow';
import type { LayerResult } from '../evaluator/call.ts';
import {
  add,
  axisOf,
  binary,
  type Doubles,
  divide,
  doubles,
  map,
  multiply,
  subtract,
  transpose,
  wrong,
} from '../evaluator/doubles.ts';
import { matmul } from '../evaluator/einsum.ts';
import { pieces, take } from '../evaluator/operators/arrays.ts';
import { Given } from '../evaluator/operators/given.ts';
import { OPERATORS } from '../evaluator/operators/index.ts';
import { indexed } from '../evaluator/slices.ts';
import { batchToSpace, spaceToBatch } from './batches.ts';
import {
  convolution,
  depthToSpace,
  depthwiseConvolution,
  pooled,
  resizedBilinear,
  resizedNearest,
  transposedConvolution,
} from './pictures.ts';

/**
 * Computes one operator of TensorFlow. Shapes, axes and paddings are inputs like any other. What says nothing else of itself
 * is `integer` where all inputs are.
 */
type Executor = (inputs: readonly [Doubles, Doubles, ...Doubles[]], attributes: Attributes) => LayerResult;

const list = (x: Doubles | undefined): number[] => Array.from(x?.data ?? []);
const first = (x: Doubles | undefined): number => x?.data[0] ?? 0;

/** An operator of Keras 3 that computes the same. @param args its arguments, where they are not the inputs as they are */
function keras(
  name: string,
  args: (inputs: readonly Doubles[], attributes: Attributes) => readonly unknown[] = (inputs) => inputs,
): Executor {
  const operator = OPERATORS[name];
  if (!operator) throw wrong('an operator of Keras', 'an operator of TensorFlow', name);
  return (inputs, a) =>
    operator.compute(new Given(operator.parameters, { args: args(inputs, a), keywords: {}, options: {} }));
}

const reduction = (name: string) =>
  keras(name, ([x, axes], a) => [x, list(axes), flagOf(a, 'keep_dims') || flagOf(a, 'keepdims')]);
const position = (name: string): Executor => {
  const compute = keras(name, ([x, axis]) => [x, first(axis)]);
  return (inputs, a) => ({ ...(compute(inputs, a) as Doubles), integer: true });
};
const leakyRelu = (x: Doubles, slope: number) => map(x, (element) => (element < 0 ? slope * element : element));
const prelu = (x: Doubles, slope: Doubles) => binary(x, slope, (element, by) => (element < 0 ? by * element : element));

/** What TensorFlow's optimizer puts behind a linear operator: a bias, an activation, or both. */
function fused(linear: Doubles, [, , ...more]: readonly Doubles[], a: Attributes): Doubles {
  const steps = a.fused_ops?.list?.s ?? [];
  const bias = steps[0] === 'BiasAdd' ? more.shift() : undefined;
  const activation = steps[bias ? 1 : 0];
  const sum = bias ? add(linear, bias) : linear;
  if (!activation) return sum;
  if (activation === 'LeakyRelu') return leakyRelu(sum, numberOf(a, 'leakyrelu_alpha', 0.2));
  return executorOf(activation)([sum, more[0] as Doubles], a) as Doubles;
}

function turned(x: Doubles, turn: boolean): Doubles {
  const axes = x.shape.map((_, i) => i);
  return turn ? transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : x;
}

const product =
  (left: string, right: string): Executor =>
  (inputs, a) =>
    fused(matmul(turned(inputs[0], flagOf(a, left)), turned(inputs[1], flagOf(a, right))), inputs, a);

const normalization: Executor = ([x, scale, offset, mean, variance], a) => {
  const deviation = map(variance as Doubles, (v) => Math.sqrt(v + numberOf(a, 'epsilon', 0.001)));
  return add(multiply(subtract(x, mean as Doubles), divide(scale, deviation)), offset as Doubles);
};

const convolved: Executor = (inputs, a) => fused(convolution(inputs[0], inputs[1], a), inputs, a);
const depthwise: Executor = (inputs, a) => fused(depthwiseConvolution(inputs[0], inputs[1], a), inputs, a);

/** TensorFlow's masks are a key of NumPy's for each axis. */
const stridedSlice: Executor = ([x, begin, end, strides], a) => {
  const [ends, steps] = [list(end), list(strides)];
  const keys = list(begin).map((start, i) => {
    const has = (name: string) => ((numberOf(a, name, 0) >> i) & 1) === 1;
    if (has('ellipsis_mask')) return '...';
    if (has('new_axis_mask')) return null;
    if (has('shrink_axis_mask')) return start;
    return {
      start: has('begin_mask') ? null : start,
      stop: has('end_mask') ? null : (ends[i] as number),
      step: steps[i] as number,
    };
  });
  return indexed(x, keys);
};

const pairsOf = (x: Doubles | undefined) => list(x).flatMap((n, i, all) => (i % 2 === 0 ? [[n, all[i + 1]]] : []));

/** Cells beyond an edge are those before it, the edge itself left out. */
const mirrorPad: Executor = ([x, pads], a) => {
  if (textOf(a, 'mode') !== 'REFLECT') throw wrong('REFLECT', 'attribute mode', textOf(a, 'mode'));
  return (pairsOf(pads) as [number, number][]).reduce((padded, [before, after], axis) => {
    const last = (padded.shape[axis] as number) - 1;
    const length = before + last + 1 + after;
    const cells = Array.from({ length }, (_, i) => last - Math.abs(last - Math.abs(i - before)));
    return take(padded, doubles([length], cells), axis);
  }, x);
};

/** Of integers the quotient is one too, as in C. */
const quotient: Executor = ([x, y]) => (x.integer && y.integer ? map(divide(x, y), Math.trunc) : divide(x, y));

/** TensorFlow gives the sizes of the parts, one of which may be -1: the rest. */
const sizedParts: Executor = ([x, sizes, axis]) => {
  const at = axisOf(first(axis), x.shape.length);
  const given = list(sizes);
  const rest = (x.shape[at] as number) - given.filter((size) => size >= 0).reduce((n, size) => n + size, 0);
  return pieces(
    x,
    at,
    given.map((size) => (size < 0 ? rest : size)),
  );
};

const cast: Executor = ([x], a) => {
  const to = datatypeOf(a.DstT?.type);
  if (to === 'int32') return { ...map(x, Math.trunc), integer: true };
  return { ...(to === 'bool' ? map(x, (element) => Number(element !== 0)) : x), integer: false };
};

const same: Executor = ([x]) => x;
const sum: Executor = ([x, y]) => add(x, y);
const gather = keras('Take', ([x, indices, axis]) => [x, indices, first(axis)]);
const padded = keras('Pad', ([x, pads, filler]) => [x, first(filler), pairsOf(pads), 'constant']);
const squeezed = keras('Squeeze', ([x], a) => {
  const axes = [...numbers(a, 'squeeze_dims'), ...numbers(a, 'axis')];
  return [x, axes.length > 0 ? axes : null];
});

/** By TensorFlow's names. The converter shares nothing with this but the reading of attributes. */
export const EXECUTORS: Readonly<Record<string, Executor>> = {
  Add: sum,
  AddV2: sum,
  AddN: (inputs) => inputs.reduce(add),
  Sub: keras('Subtract'),
  Mul: keras('Multiply'),
  RealDiv: keras('Divide'),
  Div: quotient,
  Maximum: keras('Maximum'),
  Minimum: keras('Minimum'),
  Pow: keras('Power'),
  SquaredDifference: keras('SquaredDifference'),
  BiasAdd: sum,
  Relu: keras('Relu'),
  Relu6: keras('Relu6'),
  Elu: keras('Elu'),
  Selu: keras('Selu'),
  LeakyRelu: ([x], a) => leakyRelu(x, numberOf(a, 'alpha', 0.2)),
  Prelu: ([x, slope]) => prelu(x, slope),
  Sigmoid: keras('Sigmoid'),
  Tanh: keras('Tanh'),
  Softplus: keras('Softplus'),
  Erf: keras('Erf'),
  Exp: keras('Exp'),
  Log: keras('Log'),
  Sqrt: keras('Sqrt'),
  Rsqrt: keras('Rsqrt'),
  Square: keras('Square'),
  Reciprocal: keras('Reciprocal'),
  Inv: keras('Reciprocal'),
  Neg: keras('Negative'),
  Abs: keras('Absolute'),
  Floor: keras('Floor'),
  Ceil: keras('Ceil'),
  Round: keras('Round'),
  Sign: keras('Sign'),
  Sin: keras('Sin'),
  Cos: keras('Cos'),
  Softmax: keras('Softmax'),
  LogSoftmax: keras('LogSoftmax'),
  ClipByValue: keras('Clip'),
  Cast: cast,
  MatMul: product('transpose_a', 'transpose_b'),
  _FusedMatMul: product('transpose_a', 'transpose_b'),
  BatchMatMul: product('adj_x', 'adj_y'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
  Conv2D: convolved,
  _FusedConv2D: convolved,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: ([sizes, kernel, x], a) => transposedConvolution(x as Doubles, kernel, list(sizes), a),
  FusedBatchNorm: normalization,
  FusedBatchNormV2: normalization,
  FusedBatchNormV3: normalization,
  MaxPool: ([x], a) => pooled(x, 'max', a),
  AvgPool: ([x], a) => pooled(x, 'average', a),
  Mean: reduction('Mean'),
  Max: reduction('Max'),
  Min: reduction('Min'),
  Sum: reduction('Sum'),
  Prod: reduction('Prod'),
  ArgMax: position('Argmax'),
  ArgMin: position('Argmin'),
  ResizeBilinear: ([x, size], a) => resizedBilinear(x, list(size), a),
  ResizeNearestNeighbor: ([x, size], a) => resizedNearest(x, list(size), a),
  SpaceToBatchND: ([x, block, paddings]) => spaceToBatch(x, list(block), list(paddings)),
  BatchToSpaceND: ([x, block, crops]) => batchToSpace(x, list(block), list(crops)),
  DepthToSpace: ([x], a) => depthToSpace(x, a),
  Identity: same,
  StopGradient: same,
  PreventGradient: same,
  CheckNumerics: same,
  Snapshot: same,
  IdentityN: (inputs) => inputs,
  Shape: ([{ shape }]) => ({ ...doubles([shape.length], shape), integer: true }),
  Reshape: keras('Reshape', ([x, shape]) => [x, list(shape)]),
  Squeeze: squeezed,
  ExpandDims: keras('ExpandDims', ([x, axis]) => [x, first(axis)]),
  Transpose: keras('Transpose', ([x, axes]) => [x, list(axes)]),
  ConcatV2: keras('Concatenate', (inputs) => [inputs.slice(0, -1), first(inputs.at(-1))]),
  Concat: keras('Concatenate', ([axis, ...parts]) => [parts, first(axis)]),
  Pack: keras('Stack', (inputs, a) => [inputs, numberOf(a, 'axis', 0)]),
  Split: keras('Split', ([axis, x], a) => [x, numberOf(a, 'num_split', 1), first(axis)]),
  SplitV: sizedParts,
  Slice: keras('Slice', ([x, begin, sizes]) => [x, begin, list(sizes)]),
  StridedSlice: stridedSlice,
  Pad: padded,
  PadV2: padded,
  MirrorPad: mirrorPad,
  GatherV2: gather,
  Gather: gather,
  Tile: keras('Tile', ([x, times]) => [x, list(times)]),
};

/** @throws FreezeframeError `reference-unsupported` */
export function executorOf(name: string): Executor {
  const executor = Object.hasOwn(EXECUTORS, name) ? EXECUTORS[name] : undefined;
  if (executor) return executor;
  throw wrong('an operator of TensorFlow that is known here', 'a node', name);
}
