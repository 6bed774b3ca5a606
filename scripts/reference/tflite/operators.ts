import type { Attributes } from '#tensorflow';
import {
  axisOf,
  concat,
  type Doubles,
  divide,
  doubles,
  map,
  multiply,
  reduce,
  reshape,
  slice,
  squeeze,
  sumOf,
  transpose,
  wrong,
} from '../evaluator/doubles.ts';
import { stack } from '../evaluator/operators/arrays.ts';
import { executorOf } from '../tensorflow/operators.ts';
import { given, type LiteCall, type LiteExecutor, number } from './call.ts';
import { connected, convolved, depthwise, mirrorPadded, pooled, spaceToDepth, transposed } from './pictures.ts';

const list = (x: Doubles | undefined): number[] => Array.from(x?.data ?? []);

/** An operator of TensorFlow that computes the same. @param attributes that it is told, by TensorFlow's names */
const same =
  (name: string, attributes: (call: LiteCall) => Attributes = () => ({})): LiteExecutor =>
  (call) =>
    executorOf(name)(call.inputs as readonly [Doubles, Doubles], attributes(call));

const alone = (name: string, x: Doubles) =>
  executorOf(name)([x] as unknown as readonly [Doubles, Doubles], {}) as Doubles;

const unary =
  (f: (x: number) => number): LiteExecutor =>
  (call) =>
    map(given(call, 0), f);

const keepsAxes = (call: LiteCall): Attributes => ({ keep_dims: { b: number(call, 'keep_dims') === 1 } });
const resizing = (call: LiteCall): Attributes => ({
  align_corners: { b: number(call, 'align_corners') === 1 },
  half_pixel_centers: { b: number(call, 'half_pixel_centers') === 1 },
});
const masks = (call: LiteCall): Attributes =>
  Object.fromEntries(
    ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map((name) => [
      name,
      { i: number(call, name) },
    ]),
  );

const overLast = (x: Doubles, f: (row: Float64Array) => number) => reduce(x, [x.shape.length - 1], true, f);

/** Divided by the length of each row, which counts as 1e-3 at least. */
const normalized: LiteExecutor = (call) => {
  const x = given(call, 0);
  return divide(
    x,
    overLast(x, (row) => Math.sqrt(Math.max(sumOf(row.map((n) => n * n)), 1e-6))),
  );
};

const gelu: LiteExecutor = (call) => {
  if (number(call, 'approximate') === 0) {
    const x = given(call, 0);
    const erf = alone(
      'Erf',
      map(x, (n) => n * Math.SQRT1_2),
    );
    return multiply(
      x,
      map(erf, (n) => 0.5 * (1 + n)),
    );
  }
  return map(given(call, 0), (n) => 0.5 * n * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (n + 0.044715 * n ** 3))));
};

const unpacked: LiteExecutor = (call) => {
  const x = given(call, 0);
  const axis = axisOf(number(call, 'axis'), x.shape.length);
  return Array.from({ length: x.shape[axis] as number }, (_, i) => squeeze(slice(x, axis, i, 1), [axis]));
};

const reshaped: LiteExecutor = (call) =>
  reshape(given(call, 0), call.inputs[1] ? list(call.inputs[1]) : (call.options.new_shape as readonly number[]));

const joined: LiteExecutor = (call) => {
  const parts = call.inputs.map((_, i) => given(call, i));
  return concat(parts, axisOf(number(call, 'axis'), (parts[0] as Doubles).shape.length));
};

/** Rounded towards zero where whole numbers are wanted; anything but zero is true. */
const cast: LiteExecutor = (call) => {
  if (call.type === 'BOOL') return map(given(call, 0), (n) => Number(n !== 0));
  return call.type.startsWith('FLOAT') ? given(call, 0) : map(given(call, 0), Math.trunc);
};

const product: LiteExecutor = (call) => {
  const turned = (i: number, name: string) => {
    const x = given(call, i);
    const axes = x.shape.map((_, axis) => axis);
    return number(call, name) === 1 ? transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : x;
  };
  return executorOf('BatchMatMul')([turned(0, 'adj_x'), turned(1, 'adj_y')], {});
};

/** By TensorFlow Lite's names. The converter shares nothing with this but the reading of the file. */
export const EXECUTORS: Readonly<Record<string, LiteExecutor>> = {
  CONV_2D: convolved,
  DEPTHWISE_CONV_2D: depthwise,
  TRANSPOSE_CONV: transposed,
  FULLY_CONNECTED: connected,
  BATCH_MATMUL: product,
  AVERAGE_POOL_2D: (call) => pooled(call, 'average'),
  MAX_POOL_2D: (call) => pooled(call, 'max'),
  ADD: same('AddV2'),
  SUB: same('Sub'),
  MUL: same('Mul'),
  DIV: same('Div'),
  MAXIMUM: same('Maximum'),
  MINIMUM: same('Minimum'),
  POW: same('Pow'),
  SQUARED_DIFFERENCE: same('SquaredDifference'),
  RELU: same('Relu'),
  RELU6: same('Relu6'),
  RELU_N1_TO_1: unary((x) => Math.min(Math.max(x, -1), 1)),
  RELU_0_TO_1: unary((x) => Math.min(Math.max(x, 0), 1)),
  LEAKY_RELU: same('LeakyRelu', (call) => ({ alpha: { f: number(call, 'alpha') } })),
  PRELU: same('Prelu'),
  ELU: same('Elu'),
  LOGISTIC: same('Sigmoid'),
  TANH: same('Tanh'),
  HARD_SWISH: unary((x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6),
  GELU: gelu,
  EXP: same('Exp'),
  LOG: same('Log'),
  SQRT: same('Sqrt'),
  RSQRT: same('Rsqrt'),
  SQUARE: same('Square'),
  ABS: same('Abs'),
  NEG: same('Neg'),
  FLOOR: same('Floor'),
  CEIL: same('Ceil'),
  ROUND: same('Round'),
  SIN: same('Sin'),
  COS: same('Cos'),
  SOFTMAX: (call) =>
    alone(
      'Softmax',
      map(given(call, 0), (x) => x * number(call, 'beta')),
    ),
  LOG_SOFTMAX: same('LogSoftmax'),
  L2_NORMALIZATION: normalized,
  MEAN: same('Mean', keepsAxes),
  SUM: same('Sum', keepsAxes),
  REDUCE_MAX: same('Max', keepsAxes),
  REDUCE_MIN: same('Min', keepsAxes),
  REDUCE_PROD: same('Prod', keepsAxes),
  ARG_MAX: same('ArgMax'),
  ARG_MIN: same('ArgMin'),
  RESIZE_BILINEAR: same('ResizeBilinear', resizing),
  RESIZE_NEAREST_NEIGHBOR: same('ResizeNearestNeighbor', resizing),
  SPACE_TO_DEPTH: spaceToDepth,
  DEPTH_TO_SPACE: same('DepthToSpace', (call) => ({ block_size: { i: number(call, 'block_size') } })),
  QUANTIZE: unary((x) => x),
  DEQUANTIZE: unary((x) => x),
  CAST: cast,
  SHAPE: same('Shape'),
  RESHAPE: reshaped,
  SQUEEZE: same('Squeeze', ({ options }) => ({
    squeeze_dims: { list: { i: [...(options.squeeze_dims as number[])] } },
  })),
  EXPAND_DIMS: same('ExpandDims'),
  TRANSPOSE: same('Transpose'),
  TILE: same('Tile'),
  CONCATENATION: joined,
  PACK: (call) =>
    stack(
      call.inputs.map((_, i) => given(call, i)),
      number(call, 'axis'),
    ),
  UNPACK: unpacked,
  SPLIT: same('Split', (call) => ({ num_split: { i: number(call, 'count') } })),
  SPLIT_V: same('SplitV'),
  SLICE: same('Slice'),
  STRIDED_SLICE: same('StridedSlice', masks),
  PAD: (call) => executorOf('PadV2')([given(call, 0), given(call, 1), doubles([], [0])], {}),
  PADV2: same('PadV2'),
  SPACE_TO_BATCH_ND: same('SpaceToBatchND'),
  BATCH_TO_SPACE_ND: same('BatchToSpaceND'),
  MIRROR_PAD: mirrorPadded,
  GATHER: (call) => executorOf('GatherV2')([given(call, 0), given(call, 1), doubles([], [number(call, 'axis')])], {}),
};

/** @throws FreezeframeError `reference-unsupported` */
export function liteExecutorOf(name: string): LiteExecutor {
  const executor = Object.hasOwn(EXECUTORS, name) ? EXECUTORS[name] : undefined;
  if (executor) return executor;
  throw wrong('an operator of TensorFlow Lite that is known here', 'an operator', name);
}
