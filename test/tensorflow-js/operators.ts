import {
  type Attributes,
  datatypeOf,
  flagOf,
  type GraphNode,
  numberOf,
  numbers,
  textOf,
} from '../../scripts/tensorflow/index.ts';
import { core } from './tensorflow.ts';

type Tensor = core.Tensor;
type Tensor4D = core.Tensor4D;
type Pair = [number, number];
type Executor = (inputs: readonly Tensor[], attributes: Attributes) => Tensor | Tensor[];

// Each operator of TensorFlow as TensorFlow.js's own operators compute it: what our executors are held against.

const list = (tensor: Tensor | undefined): number[] => Array.from(tensor?.dataSync() ?? []);
const first = (tensor: Tensor | undefined): number => list(tensor)[0] ?? 0;
const pair = (a: Attributes, name: string): Pair => {
  const [, height = 1, width = 1] = numbers(a, name);
  return [height, width];
};

type Padding = 'same' | 'valid' | [Pair, Pair, Pair, Pair];

function padding(a: Attributes): Padding {
  const name = textOf(a, 'padding');
  if (name !== 'EXPLICIT') return name.toLowerCase() as 'same' | 'valid';
  const all = numbers(a, 'explicit_paddings');
  return [0, 2, 4, 6].map((i) => [all[i] ?? 0, all[i + 1] ?? 0]) as [Pair, Pair, Pair, Pair];
}

const unary =
  (apply: (x: Tensor) => Tensor): Executor =>
  ([x]) =>
    apply(x as Tensor);
const binary =
  (apply: (x: Tensor, y: Tensor) => Tensor): Executor =>
  ([x, y]) =>
    apply(x as Tensor, y as Tensor);

const reduction =
  (apply: (x: Tensor, axes: number[], keep: boolean) => Tensor): Executor =>
  ([x, axes], a) =>
    apply(x as Tensor, list(axes), flagOf(a, 'keep_dims') || flagOf(a, 'keepdims'));

function activate(x: Tensor, name: string, a: Attributes, slope: Tensor | undefined): Tensor {
  if (name === 'Prelu') return core.prelu(x, slope as Tensor);
  if (name === 'LeakyRelu') return core.leakyRelu(x, numberOf(a, 'leakyrelu_alpha', 0.2));
  return (EXECUTORS[name] as Executor)([x], a) as Tensor;
}

/** What stands behind a linear operator: a bias, an activation, or both. */
function behind(linear: Tensor, inputs: readonly Tensor[], a: Attributes): Tensor {
  const steps = a.fused_ops?.list?.s ?? [];
  const biased = steps[0] === 'BiasAdd';
  const sum = biased ? core.add(linear, inputs[2] as Tensor) : linear;
  const activation = steps[biased ? 1 : 0];
  return activation ? activate(sum, activation, a, inputs[biased ? 3 : 2]) : sum;
}

const convolution: Executor = (inputs, a) => {
  const [x, kernel] = inputs as [Tensor4D, Tensor4D];
  return behind(core.conv2d(x, kernel, pair(a, 'strides'), padding(a), 'NHWC', pair(a, 'dilations')), inputs, a);
};
const depthwise: Executor = (inputs, a) => {
  const [x, kernel] = inputs as [Tensor4D, Tensor4D];
  return behind(
    core.depthwiseConv2d(x, kernel, pair(a, 'strides'), padding(a), 'NHWC', pair(a, 'dilations')),
    inputs,
    a,
  );
};
const product: Executor = (inputs, a) =>
  behind(
    core.matMul(inputs[0] as Tensor, inputs[1] as Tensor, flagOf(a, 'transpose_a'), flagOf(a, 'transpose_b')),
    inputs,
    a,
  );
const batchProduct: Executor = ([x, y], a) =>
  core.matMul(x as Tensor, y as Tensor, flagOf(a, 'adj_x'), flagOf(a, 'adj_y'));
const add = binary(core.add);
const divide = binary(core.div);
const normalization: Executor = ([x, scale, offset, mean, variance], a) =>
  core.batchNorm(
    x as Tensor,
    mean as core.Tensor1D,
    variance as core.Tensor1D,
    offset as core.Tensor1D,
    scale as core.Tensor1D,
    numberOf(a, 'epsilon', 0.001),
  );
const same: Executor = ([x]) => core.clone(x as Tensor);
const pairs = (tensor: Tensor | undefined): Pair[] => {
  const all = list(tensor);
  return Array.from({ length: all.length / 2 }, (_, i) => [all[2 * i], all[2 * i + 1]] as Pair);
};
const gather: Executor = ([x, indices, axis]) => core.gather(x as Tensor, indices as Tensor, first(axis));

const EXECUTORS: Readonly<Record<string, Executor>> = {
  Add: add,
  AddV2: add,
  AddN: (inputs) => core.addN([...inputs]),
  Sub: binary(core.sub),
  Mul: binary(core.mul),
  RealDiv: divide,
  Div: divide,
  Maximum: binary(core.maximum),
  Minimum: binary(core.minimum),
  Pow: binary(core.pow),
  SquaredDifference: binary(core.squaredDifference),
  BiasAdd: add,
  Relu: unary(core.relu),
  Relu6: unary(core.relu6),
  Elu: unary(core.elu),
  Selu: unary(core.selu),
  LeakyRelu: ([x], a) => core.leakyRelu(x as Tensor, numberOf(a, 'alpha', 0.2)),
  Prelu: binary(core.prelu),
  Sigmoid: unary(core.sigmoid),
  Tanh: unary(core.tanh),
  Softplus: unary(core.softplus),
  Erf: unary(core.erf),
  Exp: unary(core.exp),
  Log: unary(core.log),
  Sqrt: unary(core.sqrt),
  Rsqrt: unary(core.rsqrt),
  Square: unary(core.square),
  Reciprocal: unary(core.reciprocal),
  Inv: unary(core.reciprocal),
  Neg: unary(core.neg),
  Abs: unary(core.abs),
  Floor: unary(core.floor),
  Ceil: unary(core.ceil),
  Round: unary(core.round),
  Sign: unary(core.sign),
  Sin: unary(core.sin),
  Cos: unary(core.cos),
  Softmax: unary((x) => core.softmax(x)),
  LogSoftmax: unary((x) => core.logSoftmax(x)),
  ClipByValue: ([x, low, high]) => core.clipByValue(x as Tensor, first(low), first(high)),
  Cast: ([x], a) => core.cast(x as Tensor, datatypeOf(a.DstT?.type) ?? 'float32'),
  MatMul: product,
  _FusedMatMul: product,
  BatchMatMul: batchProduct,
  BatchMatMulV2: batchProduct,
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: ([sizes, kernel, x], a) =>
    core.conv2dTranspose(
      x as Tensor4D,
      kernel as Tensor4D,
      list(sizes) as [number, number, number, number],
      pair(a, 'strides'),
      padding(a) as 'same',
    ),
  FusedBatchNorm: normalization,
  FusedBatchNormV2: normalization,
  FusedBatchNormV3: normalization,
  MaxPool: ([x], a) => core.maxPool(x as Tensor4D, pair(a, 'ksize'), pair(a, 'strides'), padding(a)),
  AvgPool: ([x], a) => core.avgPool(x as Tensor4D, pair(a, 'ksize'), pair(a, 'strides'), padding(a)),
  Mean: reduction(core.mean),
  Max: reduction(core.max),
  Min: reduction(core.min),
  Sum: reduction(core.sum),
  Prod: reduction(core.prod),
  ArgMax: ([x, axis]) => core.argMax(x as Tensor, first(axis)),
  ArgMin: ([x, axis]) => core.argMin(x as Tensor, first(axis)),
  ResizeBilinear: ([x, size], a) =>
    core.image.resizeBilinear(
      x as Tensor4D,
      list(size) as Pair,
      flagOf(a, 'align_corners'),
      flagOf(a, 'half_pixel_centers'),
    ),
  ResizeNearestNeighbor: ([x, size], a) =>
    core.image.resizeNearestNeighbor(
      x as Tensor4D,
      list(size) as Pair,
      flagOf(a, 'align_corners'),
      flagOf(a, 'half_pixel_centers'),
    ),
  SpaceToBatchND: ([x, block, pads]) => core.spaceToBatchND(x as Tensor, list(block), pairs(pads)),
  BatchToSpaceND: ([x, block, crops]) => core.batchToSpaceND(x as Tensor, list(block), pairs(crops)),
  DepthToSpace: ([x], a) => core.depthToSpace(x as Tensor4D, numberOf(a, 'block_size', 1), 'NHWC'),
  Identity: same,
  StopGradient: same,
  PreventGradient: same,
  CheckNumerics: same,
  Snapshot: same,
  IdentityN: (inputs) => inputs.map((x) => core.clone(x)),
  Shape: ([x]) => core.tensor1d((x as Tensor).shape, 'int32'),
  Reshape: ([x, shape]) => core.reshape(x as Tensor, list(shape)),
  Squeeze: ([x], a) => {
    const axes = [...numbers(a, 'squeeze_dims'), ...numbers(a, 'axis')];
    return core.squeeze(x as Tensor, axes.length > 0 ? axes : undefined);
  },
  ExpandDims: ([x, axis]) => core.expandDims(x as Tensor, first(axis)),
  Transpose: ([x, perm]) => core.transpose(x as Tensor, list(perm)),
  ConcatV2: (inputs) => core.concat(inputs.slice(0, -1) as Tensor[], first(inputs.at(-1))),
  Concat: (inputs) => core.concat(inputs.slice(1) as Tensor[], first(inputs[0])),
  Pack: (inputs, a) => core.stack([...inputs], numberOf(a, 'axis', 0)),
  Split: ([axis, x], a) => core.split(x as Tensor, numberOf(a, 'num_split', 1), first(axis)),
  SplitV: ([x, sizes, axis]) => core.split(x as Tensor, list(sizes), first(axis)),
  Slice: ([x, begin, size]) => core.slice(x as Tensor, list(begin), list(size)),
  StridedSlice: ([x, begin, end, strides], a) => {
    const mask = (name: string) => numberOf(a, name, 0);
    return core.stridedSlice(
      x as Tensor,
      list(begin),
      list(end),
      list(strides),
      mask('begin_mask'),
      mask('end_mask'),
      mask('ellipsis_mask'),
      mask('new_axis_mask'),
      mask('shrink_axis_mask'),
    );
  },
  Pad: ([x, pads]) => core.pad(x as Tensor, pairs(pads)),
  PadV2: ([x, pads, value]) => core.pad(x as Tensor, pairs(pads), first(value)),
  MirrorPad: ([x, pads], a) => core.mirrorPad(x as Tensor, pairs(pads), textOf(a, 'mode').toLowerCase() as 'reflect'),
  GatherV2: gather,
  Gather: gather,
  Tile: ([x, times]) => core.tile(x as Tensor, list(times)),
};

/** The results of one node. */
export function execute({ op, attributes }: GraphNode, inputs: readonly Tensor[]): Tensor[] {
  const executor = Object.hasOwn(EXECUTORS, op) ? EXECUTORS[op] : undefined;
  if (!executor) throw new Error(`the reference has no operator ${op}`);
  const results = executor(inputs, attributes);
  return Array.isArray(results) ? results : [results];
}
