import type { DataFormat, GraphBuilder, Padding, Value } from '#onnx';
import { asKeras, channelAxis, channelsOf } from '#onnx';
import type { EmitContext } from '../../layer.ts';
import { adaptivePool } from '../../layers/adaptive-pooling.ts';
import { convolve, kernelPermutation, type WindowConfig } from '../../layers/convolutions.ts';
import { type PoolType, pool } from '../../layers/pooling.ts';
import { badCall, cast, integers, type Operand, type OperatorDefinition, tensorOf } from '../operator.ts';
import { Tensors } from '../tensors.ts';

/** Keras's words for the order of axes, and TensorFlow's: NHWC, NCW, ... */
export function formatOf(operand: Operand | undefined): DataFormat {
  if (operand === undefined || operand === null) return 'channels_last';
  const text = String(operand);
  if (text === 'channels_first' || /^NC.+$/.test(text)) return 'channels_first';
  if (text === 'channels_last' || /^N.+C$/.test(text)) return 'channels_last';
  throw badCall('channels_last or channels_first', 'the data format', operand);
}

/** One number for each spatial axis, of one for all, one each, or TensorFlow's one for each axis of the tensor. */
export function perSpatialAxis(
  operand: Operand | undefined,
  rank: number,
  format: DataFormat,
  where: string,
): number[] {
  const numbers = operand === undefined || operand === null ? [1] : integers(operand, where);
  if (numbers.length === 1) return Array<number>(rank).fill(numbers[0] as number);
  if (numbers.length === rank) return numbers;
  if (numbers.length === rank + 2) return format === 'channels_last' ? numbers.slice(1, -1) : numbers.slice(2);
  throw badCall(`1 or ${rank} numbers`, where, operand);
}

/** A context in which weights are tensors of the graph already. */
function contextOf(graph: GraphBuilder): EmitContext {
  return { graph, layerName: 'operator', weight: (name) => name };
}

/** TensorFlow may give the padding in numbers, for each axis of the tensor: it is then added in front. */
function padding(
  graph: GraphBuilder,
  x: Value,
  operand: Operand | undefined,
  fill: number,
): readonly [x: Value, padding: Padding] {
  if (operand === undefined || operand === null) return [x, 'valid'];
  if (Array.isArray(operand)) {
    const flat = integers(operand, 'the padding of a window');
    if (flat.length !== 2 * x.shape.length)
      throw badCall('two numbers for each axis', 'the padding of a window', operand);
    const widths = x.shape.map((_, i) => [flat[2 * i] as number, flat[2 * i + 1] as number] as const);
    return [new Tensors(graph).pad(asKeras(graph, x), widths, fill), 'valid'];
  }
  const name = String(operand).toLowerCase();
  if (name !== 'same' && name !== 'valid') throw badCall('same or valid', 'the padding of a window', operand);
  return [x, name];
}

export function picture(graph: GraphBuilder, operand: Operand | undefined, where: string): Value {
  const x = cast(graph, tensorOf(graph, operand, where), 'float32');
  if (x.shape.length < 3 || x.shape.length > 5) throw badCall('batch, one to three sides and channels', where, x.shape);
  return x;
}

function pooling(keras: readonly string[], tensorflow: readonly string[], type: PoolType): OperatorDefinition {
  return {
    keras,
    tensorflow,
    parameters: ['inputs|input|value', 'pool_size|ksize', 'strides', 'padding', 'data_format'],
    emit: (graph, operands) => {
      const given = picture(graph, operands.inputs, `the operand of ${keras[0] ?? tensorflow[0]}`);
      return pooled(graph, type, given, operands.pool_size, operands.strides, operands.padding, operands.data_format);
    },
  };
}

function pooled(
  graph: GraphBuilder,
  type: PoolType,
  given: Value,
  size: Operand | undefined,
  steps: Operand | undefined,
  pad: Operand | undefined,
  dataFormat: Operand | undefined,
): Value {
  const format = formatOf(dataFormat);
  const rank = given.shape.length - 2;
  const pool_size = perSpatialAxis(size, rank, format, 'the size of a pool');
  const strides = steps === undefined || steps === null ? pool_size : perSpatialAxis(steps, rank, format, 'strides');
  if (Array.isArray(pad) && type === 'AveragePool') throw badCall('SAME or VALID', 'the padding of a mean', pad);
  const [x, how] = padding(graph, given, pad, Number.NEGATIVE_INFINITY);
  const config = { pool_size, strides, padding: how as 'same' | 'valid', data_format: format };
  return pool(contextOf(graph), type, config, x);
}

function adaptive(keras: string, type: PoolType): OperatorDefinition {
  return {
    keras: [keras],
    tensorflow: [],
    parameters: ['inputs', 'output_size', 'data_format'],
    emit: (graph, { inputs, output_size, data_format }) => {
      const x = picture(graph, inputs, `the operand of ${keras}`);
      const format = formatOf(data_format);
      const size = perSpatialAxis(output_size, x.shape.length - 2, format, `the size of ${keras}`);
      return adaptivePool(contextOf(graph), { output_size: size, data_format: format }, x, type);
    },
  };
}

/** What every kind of convolution is given besides its kernels. */
interface Slides {
  readonly strides: Operand | undefined;
  readonly padding: Operand | undefined;
  readonly data_format: Operand | undefined;
  readonly dilation_rate: Operand | undefined;
}

/** A kernel as a tensor: `[...window, in, out]`, all of its sizes known. */
function kernelOf(graph: GraphBuilder, operand: Operand | undefined, rank: number): Value & { sizes: number[] } {
  const kernel = new Tensors(graph).floats(operand, 'a kernel');
  const sizes = kernel.shape.filter((size) => size !== null);
  if (sizes.length !== rank + 2) throw badCall(`${rank + 2} axes of fixed size`, 'a kernel', kernel.shape);
  return { ...kernel, sizes };
}

function slides(graph: GraphBuilder, given: Value, sizes: readonly number[], operands: Slides): [Value, WindowConfig] {
  const format = formatOf(operands.data_format);
  const rank = given.shape.length - 2;
  const [x, how] = padding(graph, given, operands.padding, 0);
  const config = {
    kernel_size: sizes.slice(0, rank),
    strides: perSpatialAxis(operands.strides, rank, format, 'strides'),
    dilation_rate: perSpatialAxis(operands.dilation_rate, rank, format, 'the dilation'),
    padding: how,
    data_format: format,
  };
  return [x, config];
}

function convolved(graph: GraphBuilder, given: Value, operand: Operand | undefined, operands: Slides): Value {
  const rank = given.shape.length - 2;
  const kernel = kernelOf(graph, operand, rank);
  const [x, config] = slides(graph, given, kernel.sizes, operands);
  const [inputs, channels] = kernel.sizes.slice(-2) as [number, number];
  const group = channelsOf(x.shape, config.data_format) / inputs;
  if (!Number.isInteger(group)) throw badCall(`a multiple of ${inputs} channels`, 'a convolution', x.shape);
  const { name } = new Tensors(graph).transpose(kernel, kernelPermutation(rank));
  return convolve(contextOf(graph), config, x, { kernel: name, bias: undefined, group, channels });
}

export function depthwise(graph: GraphBuilder, given: Value, operand: Operand | undefined, operands: Slides): Value {
  const to = new Tensors(graph);
  const rank = given.shape.length - 2;
  const kernel = kernelOf(graph, operand, rank);
  const [x, config] = slides(graph, given, kernel.sizes, operands);
  const [inputs, multiplier] = kernel.sizes.slice(-2) as [number, number];
  const perm = [rank, rank + 1, ...Array.from({ length: rank }, (_, i) => i)];
  const flat = to.reshape(to.transpose(kernel, perm), [inputs * multiplier, 1, ...config.kernel_size]);
  const weights = { kernel: flat.name, bias: undefined, group: inputs, channels: inputs * multiplier };
  return convolve(contextOf(graph), config, x, weights);
}

const KERAS_SLIDES = ['strides', 'padding', 'data_format', 'dilation_rate'];
const TENSORFLOW_SLIDES = [
  'strides|stride',
  'padding',
  'data_format',
  'dilation_rate|dilations|rate',
  'use_cudnn_on_gpu',
];

function convolution(
  keras: readonly string[],
  tensorflow: readonly string[],
  write: typeof convolved,
): OperatorDefinition {
  return {
    keras,
    tensorflow,
    parameters: [
      'inputs|input|value',
      'kernel|filters|filter',
      ...(keras.length > 0 ? KERAS_SLIDES : TENSORFLOW_SLIDES),
    ],
    emit: (graph, operands) => {
      const x = picture(graph, operands.inputs, `the operand of ${keras[0] ?? tensorflow[0]}`);
      return write(graph, x, operands.kernel, operands as unknown as Slides);
    },
  };
}

/** Adds a vector to the channels. */
function biased(graph: GraphBuilder, x: Value, bias: Operand | undefined, dataFormat: Operand | undefined): Value {
  const to = new Tensors(graph);
  const vector = to.of(bias, 'a bias', x.datatype);
  const value = asKeras(graph, x);
  if (vector.shape.length > 1) return to.add(value, vector);
  const axis = channelAxis(value.shape, formatOf(dataFormat));
  const dims = value.shape.map((_, i) => (i === axis ? (vector.shape[0] ?? null) : 1));
  return to.add(value, to.reshape(vector, dims));
}

/** Windows over pictures, sequences and volumes: pools, convolutions with kernels from anywhere, biases. */
export const WINDOWS: readonly OperatorDefinition[] = [
  pooling(
    ['AveragePool'],
    ['nn.avg_pool', 'nn.avg_pool1d', 'nn.avg_pool2d', 'nn.avg_pool3d', 'nn.avg_pool_v2'],
    'AveragePool',
  ),
  pooling(['MaxPool'], ['nn.max_pool', 'nn.max_pool1d', 'nn.max_pool2d', 'nn.max_pool3d', 'nn.max_pool_v2'], 'MaxPool'),
  adaptive('AdaptiveAveragePool', 'AveragePool'),
  adaptive('AdaptiveMaxPool', 'MaxPool'),
  {
    keras: [],
    tensorflow: ['nn.pool'],
    parameters: [
      'input',
      'window_shape',
      'pooling_type',
      'padding',
      'dilation_rate|dilations',
      'strides',
      'data_format',
    ],
    emit: (graph, { input, window_shape, pooling_type, padding: how, dilation_rate, strides, data_format }) => {
      const dilation =
        dilation_rate === undefined || dilation_rate === null ? [1] : integers(dilation_rate, 'the dilation');
      if (dilation.some((step) => step !== 1)) throw badCall('1', 'the dilation of nn.pool', dilation_rate);
      const type = pooling_type === 'MAX' ? 'MaxPool' : 'AveragePool';
      return pooled(graph, type, picture(graph, input, 'nn.pool'), window_shape, strides ?? 1, how, data_format);
    },
  },
  convolution(['Conv'], [], convolved),
  convolution([], ['nn.conv1d', 'nn.conv2d', 'nn.conv3d', 'nn.convolution'], convolved),
  convolution(['DepthwiseConv'], [], depthwise),
  convolution([], ['nn.depthwise_conv2d'], depthwise),
  {
    keras: ['SeparableConv'],
    tensorflow: ['nn.separable_conv2d'],
    parameters: [
      'inputs|input',
      'depthwise_kernel|depthwise_filter',
      'pointwise_kernel|pointwise_filter',
      'strides',
      'padding',
      'data_format',
      'dilation_rate|dilations|rate',
    ],
    emit: (graph, operands) => {
      const x = picture(graph, operands.inputs, 'the operand of SeparableConv');
      const middle = depthwise(graph, x, operands.depthwise_kernel, operands as unknown as Slides);
      const { data_format } = operands;
      const point = { strides: 1, padding: 'valid', dilation_rate: 1, data_format };
      return convolved(graph, middle, operands.pointwise_kernel, point);
    },
  },
  {
    keras: [],
    tensorflow: ['nn.bias_add', 'keras.backend.bias_add'],
    parameters: ['value|x', 'bias', 'data_format'],
    preprocesses: true,
    emit: (graph, { value, bias, data_format }) =>
      biased(graph, tensorOf(graph, value, 'the operand of bias_add'), bias, data_format),
  },
];
