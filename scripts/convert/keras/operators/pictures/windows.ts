import type { DataFormat, GraphBuilder, Padding, Value } from '#onnx';
import { asKeras, channelAxis, channelsOf } from '#onnx';
import type { EmitContext } from '../../layer.ts';
import { adaptivePool } from '../../layers/adaptive-pooling.ts';
import { convolve, kernelPermutation, type WindowConfig } from '../../layers/convolutions.ts';
import { type PoolType, pool } from '../../layers/pooling.ts';
import { transposed } from '../../layers/transposed-convolutions.ts';
import { badCall, cast, constantOf, integers, type Operand, type OperatorDefinition, tensorOf } from '../operator.ts';
import { fixedSize, Tensors } from '../tensors.ts';

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

function picture(graph: GraphBuilder, operand: Operand | undefined, where: string): Value {
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

function depthwise(graph: GraphBuilder, given: Value, operand: Operand | undefined, operands: Slides): Value {
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

/** A kernel that picks each cell of its window: one row of output for each channel and cell. */
export function oneEach(graph: GraphBuilder, channels: number, size: readonly number[]): string {
  const cells = size.reduce((n, side) => n * side, 1);
  const kernel = new Float32Array(channels * cells * cells);
  for (let row = 0; row < channels * cells; row++) kernel[row * cells + (row % cells)] = 1;
  return graph.weight('cells', [channels * cells, 1, ...size], kernel);
}

/** A Gaussian's weights, which add up to one. */
function bell(size: number, sigma: number): number[] {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
  const sum = heights.reduce((total, height) => total + height, 0);
  return heights.map((height) => height / sum);
}

/** The same kernel over each channel by itself. */
function eachChannel(
  graph: GraphBuilder,
  x: Value,
  cells: readonly number[],
  size: readonly number[],
  format: Operand | undefined,
  how: 'same' | 'valid',
): Value {
  const channels = channelsOf(x.shape, formatOf(format));
  const kernel = cells.flatMap((cell) => Array<number>(channels).fill(cell));
  const constant = new Tensors(graph).constant('float32', kernel, [...size, channels, 1]);
  return depthwise(graph, x, constant, { strides: 1, padding: how, data_format: format ?? null, dilation_rate: 1 });
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
    keras: ['ConvTranspose'],
    tensorflow: [],
    parameters: ['inputs', 'kernel', 'strides', 'padding', 'output_padding', 'data_format', 'dilation_rate'],
    emit: (graph, { inputs, kernel: operand, output_padding, ...operands }) => {
      const x = picture(graph, inputs, 'the operand of ConvTranspose');
      const rank = x.shape.length - 2;
      const kernel = kernelOf(graph, operand, rank);
      const [given, config] = slides(graph, x, kernel.sizes, operands as unknown as Slides);
      if (config.padding === 'causal') throw badCall('same or valid', 'the padding of ConvTranspose', config.padding);
      const extra =
        output_padding === undefined || output_padding === null
          ? null
          : perSpatialAxis(output_padding, rank, 'channels_last', 'the output padding');
      const perm = [rank + 1, rank, ...Array.from({ length: rank }, (_, i) => i)];
      const { name } = new Tensors(graph).transpose(kernel, perm);
      const options = {
        ...config,
        kernel_size: [...config.kernel_size],
        strides: [...config.strides],
        dilation_rate: [...config.dilation_rate],
        padding: config.padding,
        output_padding: extra,
        filters: kernel.sizes[rank] as number,
      };
      return transposed(graph, options, given, () => [name]);
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
  ...(['Unfold', 'Fold'] as const).map(
    (type): OperatorDefinition => ({
      keras: [type],
      tensorflow: [],
      parameters: ['x', 'kernel_size', 'dilation', 'padding', 'stride', 'output_size'],
      emit: (graph, given) => {
        const to = new Tensors(graph);
        const x = to.floats(given.x, `the operand of ${type}`);
        const two = (name: string, fallback: number) =>
          perSpatialAxis(given[name] ?? fallback, 2, 'channels_first', `${name} of ${type}`);
        const kernel = two('kernel_size', 1);
        const attributes = {
          kernel_shape: kernel,
          strides: two('stride', 1),
          dilations: two('dilation', 1),
          pads: [...two('padding', 0), ...two('padding', 0)],
        };
        const cells = kernel.reduce((n, size) => n * size, 1);
        const counts = (sides: readonly number[]) =>
          sides.map((side, i) => {
            const span = ((kernel[i] as number) - 1) * (attributes.dilations[i] as number) + 1;
            return (
              Math.floor((side + 2 * (attributes.pads[i] as number) - span) / (attributes.strides[i] as number)) + 1
            );
          });
        const batch = x.shape[0] ?? null;
        if (type === 'Unfold') {
          const channels = fixedSize(x, 1, type);
          const places = counts([fixedSize(x, 2, type), fixedSize(x, 3, type)]).reduce((n, count) => n * count, 1);
          const name = graph.op('Conv', [x.name, oneEach(graph, channels, kernel)], { ...attributes, group: channels });
          return {
            ...x,
            name: graph.op('Reshape', [name, graph.ints([0, channels * cells, places])]),
            shape: [batch, channels * cells, places],
          };
        }
        const target = perSpatialAxis(given.output_size, 2, 'channels_first', 'output_size of Fold');
        const channels = fixedSize(x, 1, type) / cells;
        const sides = counts(target);
        const apart = graph.op('Reshape', [x.name, graph.ints([0, channels * cells, ...sides])]);
        const output_padding = target.map((side, i) => {
          const span = ((kernel[i] as number) - 1) * (attributes.dilations[i] as number) + 1;
          return (
            side +
            2 * (attributes.pads[i] as number) -
            span -
            ((sides[i] as number) - 1) * (attributes.strides[i] as number)
          );
        });
        const name = graph.op('ConvTranspose', [apart, oneEach(graph, channels, kernel)], {
          ...attributes,
          output_padding,
          group: channels,
        });
        return { ...x, name, shape: [batch, channels, ...target] };
      },
    }),
  ),
  {
    keras: ['GaussianBlur'],
    tensorflow: [],
    parameters: ['images', 'kernel_size', 'sigma', 'data_format'],
    emit: (graph, { images, kernel_size, sigma, data_format }) => {
      const x = picture(graph, images, 'the picture of GaussianBlur');
      const [height = 3, width = 3] =
        kernel_size === undefined ? [] : integers(kernel_size, 'the kernel of GaussianBlur');
      const [across = 1, down = 1] = (constantOf(sigma)?.values ?? []) as number[];
      // Keras measures the rows by the second of each pair, and says so nowhere: a square kernel alone is certain.
      if (height !== width) throw badCall('a square kernel', 'GaussianBlur', kernel_size);
      const rows = bell(height, down);
      const cells = rows.flatMap((row) => bell(width, across).map((cell) => row * cell));
      return eachChannel(graph, x, cells, [height, width], data_format, 'same');
    },
  },
  {
    keras: ['SobelEdges'],
    tensorflow: [],
    parameters: ['images', 'data_format'],
    emit: (graph, { images, data_format }) => {
      if (formatOf(data_format) === 'channels_first') throw badCall('channels_last', 'SobelEdges', data_format);
      const to = new Tensors(graph);
      const x = asKeras(graph, picture(graph, images, 'the picture of SobelEdges'));
      const wide = to.pad(
        x,
        [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ],
        0,
        'reflect',
      );
      const kernels = [
        [-1, -2, -1, 0, 0, 0, 1, 2, 1],
        [-1, 0, 1, -2, 0, 2, -1, 0, 1],
      ];
      return to.stack(
        kernels.map((cells) => asKeras(graph, eachChannel(graph, wide, cells, [3, 3], data_format, 'valid'))),
        4,
      );
    },
  },
];
