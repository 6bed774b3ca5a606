import { type Architecture, sequential } from './architecture.ts';

/** Convolution, normalisation, ReLU. The normalisation's beta is the bias. */
function block(type: 'Conv2D' | 'DepthwiseConv2D', options: Record<string, unknown>) {
  return [
    [type, { padding: 'same', use_bias: false, ...options }],
    ['BatchNormalization', { momentum: 0.9, epsilon: 0.001 }],
    ['Activation', { activation: 'relu' }],
  ] as const;
}

/** A plain convolution, then three pairs of depthwise and pointwise ones: each pair halves the picture. */
function separable(filters: number) {
  return [
    ...block('DepthwiseConv2D', { kernel_size: [3, 3], strides: [2, 2], depth_multiplier: 1 }),
    ...block('Conv2D', { filters, kernel_size: [1, 1], kernel_initializer: 'he_normal' }),
  ];
}

/** Small coloured pictures of anything, from a thousand examples. */
export const smallCnn: Architecture = {
  name: 'small-cnn',
  summary: 'normalised plain and depthwise convolutions, global pooling; for coloured pictures',
  data: 'pictures',
  defaults: { epochs: 20, batchSize: 32, learningRate: 0.004, patience: 8 },
  augment: { flip: true, shift: 0.1, rotate: 10, brightness: 0.15 },
  config: ({ shape, outputs }) =>
    sequential('small_cnn', shape, [
      ...block('Conv2D', { filters: 16, kernel_size: [3, 3], strides: [2, 2], kernel_initializer: 'he_normal' }),
      ...separable(32),
      ...separable(64),
      ...separable(96),
      ['GlobalAveragePooling2D', {}],
      ['Dropout', { rate: 0.2 }],
      ['Dense', { units: outputs, activation: 'softmax' }],
    ]),
};
