import type { LayerCase } from '../../harness.ts';

const EXACT = 0;
/** Sums of a few hundred products of numbers below 1. */
const SUM = 5e-6;
const FUNCTION = 1e-6;

const image = (height: number, width: number, channels: number) => [[height, width, channels]];

function convolution(title: string, config: Record<string, unknown>, inputs = image(9, 8, 3)): LayerCase {
  return { layer: 'Conv2D', title, config: { filters: 4, kernel_size: [3, 3], ...config }, inputs, tolerance: SUM };
}

function depthwise(title: string, config: Record<string, unknown>, inputs = image(9, 8, 3)): LayerCase {
  return { layer: 'DepthwiseConv2D', title, config: { kernel_size: [3, 3], ...config }, inputs, tolerance: SUM };
}

function pooling(kind: 'Max' | 'Average', title: string, config: Record<string, unknown>, inputs = image(9, 8, 3)) {
  return { layer: `${kind}Pooling2D`, title, config, inputs, tolerance: kind === 'Max' ? EXACT : FUNCTION };
}

/** Every layer in `layers/` has at least one case here; `registry.test.ts` sees to it. */
export const CASES: readonly LayerCase[] = [
  { layer: 'Dense', title: 'rank 2, relu', config: { units: 5, activation: 'relu' }, inputs: [[7]], tolerance: SUM },
  { layer: 'Dense', title: 'no bias', config: { units: 5, use_bias: false }, inputs: [[7]], tolerance: SUM },
  { layer: 'Dense', title: 'over the last axis', config: { units: 5 }, inputs: [[4, 3, 7]], tolerance: SUM },
  {
    layer: 'Dense',
    title: "Keras 3's way to write an activation",
    config: { units: 5, activation: { module: 'builtins', class_name: 'function', config: 'tanh' } },
    inputs: [[7]],
    tolerance: SUM,
  },

  convolution('valid', {}),
  convolution('same, odd and even sides', { padding: 'same' }),
  convolution('same, stride 2: the extra cell goes behind', { padding: 'same', strides: [2, 2] }),
  convolution('same, even kernel', { padding: 'same', kernel_size: [2, 4] }),
  convolution('same, stride 3, kernel 2', { padding: 'same', kernel_size: [2, 2], strides: [3, 3] }, image(10, 11, 2)),
  convolution('valid, unequal strides', { strides: [2, 1] }),
  convolution('stride beyond the kernel', { kernel_size: [1, 1], strides: [2, 2], padding: 'same' }),
  convolution('dilated', { dilation_rate: [2, 2] }),
  convolution('dilated, same', { dilation_rate: [2, 3], padding: 'same' }, image(10, 10, 3)),
  convolution('no bias, softmax over channels', { use_bias: false, activation: 'softmax' }),
  convolution('numbers instead of pairs', { kernel_size: 3, strides: 2 }),
  convolution('groups', { groups: 2, filters: 6, padding: 'same', strides: [2, 2] }, image(7, 8, 4)),
  convolution('channels first', { data_format: 'channels_first', padding: 'same', strides: [2, 2] }, image(3, 9, 8)),
  {
    ...convolution('free sides, same, stride 2', { padding: 'same', strides: [2, 2] }),
    inputs: [[null, null, 3]],
    sizes: [[7, 10, 3]],
  },

  depthwise('valid', {}),
  depthwise('same, stride 2, even sides', { padding: 'same', strides: [2, 2] }, image(8, 8, 4)),
  depthwise('multiplier 3, no bias', { depth_multiplier: 3, use_bias: false }),
  depthwise('multiplier 2, relu6, dilated', { depth_multiplier: 2, activation: 'relu6', dilation_rate: [2, 2] }),
  {
    layer: 'SeparableConv2D',
    title: 'multiplier 2, same, stride 2',
    config: {
      filters: 5,
      kernel_size: [3, 3],
      depth_multiplier: 2,
      padding: 'same',
      strides: [2, 2],
      activation: 'relu',
    },
    inputs: image(9, 8, 3),
    tolerance: SUM,
  },

  pooling('Max', 'defaults', {}),
  pooling('Max', 'same, odd sides', { pool_size: [2, 2], padding: 'same' }, image(7, 9, 2)),
  pooling('Max', 'overlapping, strides null', { pool_size: [3, 3], strides: null, padding: 'same' }),
  pooling('Max', 'overlapping, stride 2', { pool_size: [3, 3], strides: [2, 2], padding: 'same' }),
  pooling('Max', 'channels first', { data_format: 'channels_first' }, image(2, 6, 8)),
  pooling('Average', 'defaults', {}),
  pooling('Average', 'same does not count padding', { pool_size: [3, 3], strides: [2, 2], padding: 'same' }),
  pooling('Average', 'same, pool 4, stride 1', { pool_size: [4, 4], strides: [1, 1], padding: 'same' }),
  ...(['Average', 'Max'] as const).flatMap((kind) => [
    { layer: `Global${kind}Pooling2D`, title: 'defaults', config: {}, inputs: image(5, 4, 3), tolerance: FUNCTION },
    {
      layer: `Global${kind}Pooling2D`,
      title: 'keepdims',
      config: { keepdims: true },
      inputs: image(5, 4, 3),
      tolerance: FUNCTION,
    },
  ]),

  { layer: 'Dropout', title: 'does nothing', config: { rate: 0.5 }, inputs: [[6]], tolerance: EXACT },
  {
    layer: 'InputLayer',
    title: 'passes on',
    config: { batch_input_shape: [null, 3] },
    inputs: [[3]],
    tolerance: EXACT,
  },
  { layer: 'Flatten', title: 'a picture', config: {}, inputs: image(3, 4, 2), tolerance: EXACT },
  {
    layer: 'Flatten',
    title: 'channels first',
    config: { data_format: 'channels_first' },
    inputs: image(2, 3, 4),
    tolerance: EXACT,
  },

  { layer: 'BatchNormalization', title: 'a picture', config: {}, inputs: image(4, 5, 3), tolerance: SUM },
  { layer: 'BatchNormalization', title: 'axis 1', config: { axis: 1 }, inputs: image(4, 5, 3), tolerance: SUM },
  {
    layer: 'BatchNormalization',
    title: "Keras 2's list of one axis, no scale, no centre, small epsilon",
    config: { axis: [3], scale: false, center: false, epsilon: 1e-5 },
    inputs: image(4, 5, 3),
    tolerance: SUM,
  },
  { layer: 'BatchNormalization', title: 'a vector', config: {}, inputs: [[6]], tolerance: SUM },

  { layer: 'Activation', title: 'tanh', config: { activation: 'tanh' }, inputs: [[6]], tolerance: FUNCTION },
  { layer: 'ReLU', title: 'plain', config: {}, inputs: [[9]], tolerance: EXACT },
  { layer: 'ReLU', title: 'with a ceiling', config: { max_value: 0.4 }, inputs: [[9]], tolerance: FUNCTION },
  {
    layer: 'ReLU',
    title: 'slope, threshold and ceiling',
    config: { max_value: 0.6, negative_slope: 0.1, threshold: 0.2 },
    inputs: [[19]],
    tolerance: FUNCTION,
  },
  { layer: 'ReLU', title: 'slope alone', config: { negative_slope: 0.25 }, inputs: [[9]], tolerance: FUNCTION },
  { layer: 'Softmax', title: 'last axis', config: {}, inputs: [[5]], tolerance: FUNCTION },
  { layer: 'Softmax', title: 'axis 1 of a picture', config: { axis: 1 }, inputs: image(4, 3, 2), tolerance: FUNCTION },
  {
    layer: 'Rescaling',
    title: 'scale and offset',
    config: { scale: 0.5, offset: -1 },
    inputs: image(4, 3, 2),
    tolerance: FUNCTION,
  },
  {
    layer: 'Rescaling',
    title: 'a number per channel',
    config: { scale: [0.5, 2, -1], offset: [1, 0, 3] },
    inputs: image(4, 3, 3),
    tolerance: FUNCTION,
  },

  {
    layer: 'Add',
    title: 'three',
    config: {},
    inputs: [
      [4, 3],
      [4, 3],
      [4, 3],
    ],
    tolerance: FUNCTION,
  },
  {
    layer: 'Add',
    title: 'broadcast over space',
    config: {},
    inputs: [
      [4, 3, 2],
      [1, 1, 2],
    ],
    tolerance: FUNCTION,
  },
  {
    layer: 'Concatenate',
    title: 'channels',
    config: {},
    inputs: [
      [4, 3, 2],
      [4, 3, 5],
    ],
    tolerance: EXACT,
  },
  {
    layer: 'Concatenate',
    title: 'axis 1',
    config: { axis: 1 },
    inputs: [
      [4, 3, 2],
      [2, 3, 2],
    ],
    tolerance: EXACT,
  },
  { layer: 'ZeroPadding2D', title: 'one number', config: { padding: 2 }, inputs: image(3, 4, 2), tolerance: EXACT },
  {
    layer: 'ZeroPadding2D',
    title: 'each side its own',
    config: {
      padding: [
        [1, 0],
        [2, 3],
      ],
    },
    inputs: image(3, 4, 2),
    tolerance: EXACT,
  },
];
