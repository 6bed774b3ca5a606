import type { Shape } from '../../../../scripts/keras/model.ts';
import { ACTIVATION_GRADIENTS } from '../../../../scripts/train/gradients/activations.ts';

/** One layer whose gradients are compared. */
export interface GradientCase {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Without the batch axis. */
  readonly inputs: readonly Shape[];
  /** Why TensorFlow.js cannot be asked; finite differences are compared all the same. */
  readonly noReference?: string;
}

const picture = [7, 6, 3];

function conv(
  className: string,
  config: Record<string, unknown>,
  input: Shape = picture,
  noReference?: string,
): GradientCase {
  const known = noReference ? { noReference } : {};
  return { className, config: { kernel_size: [3, 3], ...config }, inputs: [input], ...known };
}

const one = (className: string, config: Record<string, unknown>, input: Shape = picture): GradientCase => ({
  className,
  config,
  inputs: [input],
});

const NO_DILATION = 'tfjs: gradient of a convolution with dilation is not there';
const NO_GROUPS = 'tfjs: no convolution in groups';
const NO_FORMAT = 'tfjs: channels_first is not there on the cpu backend';
const COUNTS_PADDING = 'tfjs: its gradient divides by the whole window, its answer by the cells inside';
const NEEDS_BOTH = 'tfjs: fails without gamma or beta';
const NOT_THERE = 'tfjs: no such activation';

/** Activations that TensorFlow.js Layers does not have, or has with another definition. */
const OWN_ACTIVATIONS = [
  'leaky_relu',
  'exponential',
  'gelu',
  'hard_sigmoid',
  'hard_sigmoid_keras2',
  'hard_silu',
  'log_softmax',
  'mish',
];

export const CASES: readonly GradientCase[] = [
  one('Dense', { units: 4 }, [5]),
  one('Dense', { units: 4, use_bias: false, activation: 'tanh' }, [5]),
  one('Dense', { units: 3, activation: 'sigmoid' }, [4, 5]),
  one('Dense', { units: 2, activation: 'relu' }, [3, 4, 5]),
  conv('Conv2D', { filters: 4 }),
  conv('Conv2D', { filters: 4, padding: 'same', activation: 'relu' }),
  conv('Conv2D', { filters: 2, padding: 'same', strides: [2, 2] }),
  conv('Conv2D', { filters: 2, padding: 'valid', strides: [2, 3] }, [8, 9, 2]),
  conv('Conv2D', { filters: 2, padding: 'same', strides: [3, 2], kernel_size: [2, 4] }, [7, 10, 2]),
  conv('Conv2D', { filters: 3, kernel_size: [1, 1], use_bias: false }),
  conv('Conv2D', { filters: 3, kernel_size: [1, 1], strides: [3, 3], padding: 'same' }, [8, 6, 2]),
  conv('Conv2D', { filters: 3, kernel_size: [5, 3], activation: 'tanh' }, [7, 6, 6]),
  conv('Conv2D', { filters: 3, padding: 'same', strides: [2, 1] }, [5, 5, 12]),
  conv('Conv2D', { filters: 3, padding: 'same', strides: [1, 2] }, [6, 7, 12]),
  conv('Conv2D', { filters: 5, kernel_size: [2, 3], padding: 'same' }, [6, 7, 16]),
  conv('Conv2D', { filters: 2, dilation_rate: [2, 2], padding: 'same' }, picture, NO_DILATION),
  conv('Conv2D', { filters: 2, dilation_rate: [1, 2] }, [6, 8, 12], NO_DILATION),
  conv('Conv2D', { filters: 6, groups: 2 }, [6, 5, 4], NO_GROUPS),
  conv('Conv2D', { filters: 3, data_format: 'channels_first' }, [3, 6, 5], NO_FORMAT),
  conv('DepthwiseConv2D', {}),
  conv('DepthwiseConv2D', { padding: 'same', depth_multiplier: 2, activation: 'sigmoid' }),
  conv('DepthwiseConv2D', { padding: 'same', strides: [2, 2], use_bias: false }, [7, 8, 2]),
  conv('DepthwiseConv2D', { strides: [2, 2], depth_multiplier: 3 }, [8, 7, 2]),
  conv('DepthwiseConv2D', { dilation_rate: [2, 2], padding: 'same' }, picture, NO_DILATION),
  conv('SeparableConv2D', { filters: 4 }),
  conv('SeparableConv2D', { filters: 4, padding: 'same', strides: [2, 2], depth_multiplier: 2, activation: 'relu' }),
  conv('SeparableConv2D', { filters: 2, use_bias: false, dilation_rate: [2, 2] }, picture, NO_DILATION),
  one('MaxPooling2D', { pool_size: [2, 2] }),
  one('MaxPooling2D', { pool_size: [2, 2], padding: 'same' }),
  one('MaxPooling2D', { pool_size: [3, 3], strides: [2, 2] }),
  one('MaxPooling2D', { pool_size: [3, 2], strides: [1, 2], padding: 'same' }),
  one('MaxPooling2D', { pool_size: [2, 2], strides: [3, 3] }, [8, 8, 2]),
  one('AveragePooling2D', { pool_size: [2, 2] }),
  { ...one('AveragePooling2D', { pool_size: [2, 2], padding: 'same' }), noReference: COUNTS_PADDING },
  { ...one('AveragePooling2D', { pool_size: [3, 3], strides: [2, 2], padding: 'same' }), noReference: COUNTS_PADDING },
  one('AveragePooling2D', { pool_size: [3, 2], strides: [1, 2] }),
  one('AveragePooling2D', { pool_size: [2, 2], strides: [3, 3] }, [8, 7, 2]),
  one('GlobalAveragePooling2D', {}),
  one('GlobalMaxPooling2D', {}),
  one('BatchNormalization', {}),
  { ...one('BatchNormalization', { momentum: 0.9, epsilon: 0.01, center: false }), noReference: NEEDS_BOTH },
  { ...one('BatchNormalization', { scale: false }, [5]), noReference: NEEDS_BOTH },
  one('BatchNormalization', {}, [5]),
  { ...one('BatchNormalization', { axis: 1 }), noReference: 'tfjs: only the last axis while training' },
  { ...one('Dropout', { rate: 0.4 }), noReference: 'its random numbers are its own' },
  one('Dropout', { rate: 0 }),
  one('Flatten', {}),
  { ...one('Flatten', { data_format: 'channels_first' }), noReference: NO_FORMAT },
  ...Object.keys(ACTIVATION_GRADIENTS).map((activation): GradientCase => {
    const missing = OWN_ACTIVATIONS.includes(activation) ? { noReference: NOT_THERE } : {};
    return { className: 'Activation', config: { activation }, inputs: [[4, 5]], ...missing };
  }),
  one('Activation', { activation: 'softmax' }),
  one('ReLU', {}),
  one('ReLU', { max_value: 0.5 }),
  { ...one('ReLU', { max_value: 0.6, negative_slope: 0.2, threshold: 0.1 }), noReference: 'tfjs: max_value alone' },
  // tfjs takes 1 where the axis is left out, Keras -1.
  one('Softmax', { axis: -1 }),
  { ...one('Softmax', { axis: 1 }, [4, 5]), noReference: 'tfjs: the last axis alone' },
  one('Rescaling', { scale: 1.5, offset: -0.5 }),
  { ...one('Rescaling', { scale: [1, 2, 3], offset: [0, 0.5, 1] }), noReference: 'tfjs: one factor alone' },
  { className: 'Add', config: {}, inputs: [picture, picture, picture] },
  { className: 'Add', config: {}, inputs: [picture, [1, 1, 3]] },
  { className: 'Concatenate', config: {}, inputs: [picture, [7, 6, 2]] },
  { className: 'Concatenate', config: { axis: 1 }, inputs: [picture, [2, 6, 3]] },
  one('ZeroPadding2D', { padding: [1, 2] }),
  one('ZeroPadding2D', {
    padding: [
      [0, 1],
      [2, 0],
    ],
  }),
  one('InputLayer', {}),
];
