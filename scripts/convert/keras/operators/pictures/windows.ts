import { asKeras, channelAxis, channelsOf, type DataFormat, type Padding, type Value } from '#onnx';
import type { EmitContext } from '../../layer.ts';
import { adaptivePool } from '../../layers/adaptive-pooling.ts';
import { convolve, kernelPermutation, type WindowConfig } from '../../layers/convolutions.ts';
import { type PoolType, pool } from '../../layers/pooling.ts';
import { badCall, integers, type Operand, omitted, tensorOf } from '../operand.ts';
import { type OperatorDefinition, operator } from '../operator.ts';
import type { Tensors } from '../tensors.ts';

/** Keras's words for the order of axes, and TensorFlow's: NHWC, NCW, ... */
export function formatOf(operand: Operand): DataFormat {
  if (omitted(operand)) return 'channels_last';
  const text = String(operand);
  if (text === 'channels_first' || /^NC.+$/.test(text)) return 'channels_first';
  if (text === 'channels_last' || /^N.+C$/.test(text)) return 'channels_last';
  throw badCall('channels_last or channels_first', 'the data format', operand);
}

/** One number for each spatial axis, of one for all, one each, or TensorFlow's one for each axis of the tensor. */
export function perSpatialAxis(operand: Operand, rank: number, format: DataFormat, where: string): number[] {
  const numbers = omitted(operand) ? [1] : integers(operand, where);
  if (numbers.length === 1) return Array<number>(rank).fill(numbers[0] as number);
  if (numbers.length === rank) return numbers;
  if (numbers.length === rank + 2) return format === 'channels_last' ? numbers.slice(1, -1) : numbers.slice(2);
  throw badCall(`1 or ${rank} numbers`, where, operand);
}

/** A context in which weights are tensors of the graph already. */
function contextOf(to: Tensors): EmitContext {
  return { graph: to.graph, layerName: 'operator', weight: (name) => name };
}

/** TensorFlow may give the padding in numbers, for each axis of the tensor: it is then added in front. */
function padding(to: Tensors, x: Value, operand: Operand, fill: number): readonly [x: Value, padding: Padding] {
  if (omitted(operand)) return [x, 'valid'];
  if (Array.isArray(operand)) {
    const flat = integers(operand, 'the padding of a window');
    if (flat.length !== 2 * x.shape.length)
      throw badCall('two numbers for each axis', 'the padding of a window', operand);
    const widths = x.shape.map((_, i) => [flat[2 * i] as number, flat[2 * i + 1] as number] as const);
    return [to.pad(asKeras(to.graph, x), widths, fill), 'valid'];
  }
  const name = String(operand).toLowerCase();
  if (name !== 'same' && name !== 'valid') throw badCall('same or valid', 'the padding of a window', operand);
  return [x, name];
}

export function picture(to: Tensors, operand: Operand, where: string): Value {
  const x = to.cast(tensorOf(to.graph, operand, where), 'float32');
  if (x.shape.length < 3 || x.shape.length > 5) throw badCall('batch, one to three sides and channels', where, x.shape);
  return x;
}

function pooling(keras: readonly string[], tensorflow: readonly string[], type: PoolType): OperatorDefinition {
  return operator(
    keras,
    tensorflow,
    ['inputs|input|value', 'pool_size|ksize', 'strides', 'padding', 'data_format'],
    (to, operands) => {
      const given = picture(to, operands.inputs, `the operand of ${keras[0] ?? tensorflow[0]}`);
      return pooled(to, type, given, operands.pool_size, operands.strides, operands.padding, operands.data_format);
    },
  );
}

function pooled(
  to: Tensors,
  type: PoolType,
  given: Value,
  size: Operand,
  steps: Operand,
  pad: Operand,
  dataFormat: Operand,
): Value {
  const format = formatOf(dataFormat);
  const rank = given.shape.length - 2;
  const pool_size = perSpatialAxis(size, rank, format, 'the size of a pool');
  const strides = omitted(steps) ? pool_size : perSpatialAxis(steps, rank, format, 'strides');
  if (Array.isArray(pad) && type === 'AveragePool') throw badCall('SAME or VALID', 'the padding of a mean', pad);
  const [x, how] = padding(to, given, pad, Number.NEGATIVE_INFINITY);
  const config = { pool_size, strides, padding: how as 'same' | 'valid', data_format: format };
  return pool(contextOf(to), type, config, x);
}

function adaptive(keras: string, type: PoolType): OperatorDefinition {
  return operator([keras], [], ['inputs', 'output_size', 'data_format'], (to, { inputs, output_size, data_format }) => {
    const x = picture(to, inputs, `the operand of ${keras}`);
    const format = formatOf(data_format);
    const size = perSpatialAxis(output_size, x.shape.length - 2, format, `the size of ${keras}`);
    return adaptivePool(contextOf(to), { output_size: size, data_format: format }, x, type);
  });
}

/** What every kind of convolution is given besides its kernels. */
interface Slides {
  readonly strides: Operand;
  readonly padding: Operand;
  readonly data_format: Operand;
  readonly dilation_rate: Operand;
}

/** A kernel as a tensor: `[...window, in, out]`, all of its sizes known. */
function kernelOf(to: Tensors, operand: Operand, rank: number): Value & { sizes: number[] } {
  const kernel = to.floats(operand, 'a kernel');
  const sizes = kernel.shape.filter((size) => size !== null);
  if (sizes.length !== rank + 2) throw badCall(`${rank + 2} axes of fixed size`, 'a kernel', kernel.shape);
  return { ...kernel, sizes };
}

function slides(to: Tensors, given: Value, sizes: readonly number[], operands: Slides): [Value, WindowConfig] {
  const format = formatOf(operands.data_format);
  const rank = given.shape.length - 2;
  const [x, how] = padding(to, given, operands.padding, 0);
  const config = {
    kernel_size: sizes.slice(0, rank),
    strides: perSpatialAxis(operands.strides, rank, format, 'strides'),
    dilation_rate: perSpatialAxis(operands.dilation_rate, rank, format, 'the dilation'),
    padding: how,
    data_format: format,
  };
  return [x, config];
}

function convolved(to: Tensors, given: Value, operand: Operand, operands: Slides): Value {
  const rank = given.shape.length - 2;
  const kernel = kernelOf(to, operand, rank);
  const [x, config] = slides(to, given, kernel.sizes, operands);
  const [inputs, channels] = kernel.sizes.slice(-2) as [number, number];
  const group = channelsOf(x.shape, config.data_format) / inputs;
  if (!Number.isInteger(group)) throw badCall(`a multiple of ${inputs} channels`, 'a convolution', x.shape);
  const { name } = to.transpose(kernel, kernelPermutation(rank));
  return convolve(contextOf(to), config, x, { kernel: name, bias: undefined, group, channels });
}

export function depthwise(to: Tensors, given: Value, operand: Operand, operands: Slides): Value {
  const rank = given.shape.length - 2;
  const kernel = kernelOf(to, operand, rank);
  const [x, config] = slides(to, given, kernel.sizes, operands);
  const [inputs, multiplier] = kernel.sizes.slice(-2) as [number, number];
  const perm = [rank, rank + 1, ...Array.from({ length: rank }, (_, i) => i)];
  const flat = to.reshape(to.transpose(kernel, perm), [inputs * multiplier, 1, ...config.kernel_size]);
  const weights = { kernel: flat.name, bias: undefined, group: inputs, channels: inputs * multiplier };
  return convolve(contextOf(to), config, x, weights);
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
  return operator(
    keras,
    tensorflow,
    ['inputs|input|value', 'kernel|filters|filter', ...(keras.length > 0 ? KERAS_SLIDES : TENSORFLOW_SLIDES)],
    (to, operands) => {
      const x = picture(to, operands.inputs, `the operand of ${keras[0] ?? tensorflow[0]}`);
      return write(to, x, operands.kernel, operands as unknown as Slides);
    },
  );
}

/** Adds a vector to the channels. */
function biased(to: Tensors, x: Value, bias: Operand, dataFormat: Operand): Value {
  const vector = to.of(bias, 'a bias', x.datatype);
  const value = asKeras(to.graph, x);
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
  operator(
    [],
    ['nn.pool'],
    ['input', 'window_shape', 'pooling_type', 'padding', 'dilation_rate|dilations', 'strides', 'data_format'],
    (to, { input, window_shape, pooling_type, padding: how, dilation_rate, strides, data_format }) => {
      const dilation = omitted(dilation_rate) ? [1] : integers(dilation_rate, 'the dilation');
      if (dilation.some((step) => step !== 1)) throw badCall('1', 'the dilation of nn.pool', dilation_rate);
      const type = pooling_type === 'MAX' ? 'MaxPool' : 'AveragePool';
      return pooled(to, type, picture(to, input, 'nn.pool'), window_shape, strides ?? 1, how, data_format);
    },
  ),
  convolution(['Conv'], [], convolved),
  convolution([], ['nn.conv1d', 'nn.conv2d', 'nn.conv3d', 'nn.convolution'], convolved),
  convolution(['DepthwiseConv'], [], depthwise),
  convolution([], ['nn.depthwise_conv2d'], depthwise),
  operator(
    ['SeparableConv'],
    ['nn.separable_conv2d'],
    [
      'inputs|input',
      'depthwise_kernel|depthwise_filter',
      'pointwise_kernel|pointwise_filter',
      'strides',
      'padding',
      'data_format',
      'dilation_rate|dilations|rate',
    ],
    (to, operands) => {
      const x = picture(to, operands.inputs, 'the operand of SeparableConv');
      const middle = depthwise(to, x, operands.depthwise_kernel, operands as unknown as Slides);
      const { data_format } = operands;
      const point = { strides: 1, padding: 'valid', dilation_rate: 1, data_format };
      return convolved(to, middle, operands.pointwise_kernel, point);
    },
  ),
  {
    keras: [],
    tensorflow: ['nn.bias_add', 'keras.backend.bias_add'],
    parameters: ['value|x', 'bias', 'data_format'],
    scales: 'adds',
    emit: (to, { value, bias, data_format }) =>
      biased(to, tensorOf(to.graph, value, 'the operand of bias_add'), bias, data_format),
  },
];
