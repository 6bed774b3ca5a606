import { type Architecture, NORMALISATION, RELU, sequential } from './architecture.ts';

/** Convolution, normalisation, ReLU. The normalisation's beta is the bias. */
function block(type: 'Conv2D' | 'DepthwiseConv2D', options: Record<string, unknown>) {
  return [[type, { padding: 'same', use_bias: false, ...options }], NORMALISATION, RELU] as const;
}

/** Each halves the picture. */
function halving(filters: number) {
  return block('Conv2D', { filters, kernel_size: [3, 3], strides: [2, 2], kernel_initializer: 'he_normal' });
}

/** A depthwise and a pointwise convolution: wide for few weights, once the picture is small. */
function separable(filters: number) {
  return [
    ...block('DepthwiseConv2D', { kernel_size: [3, 3], strides: [1, 1], depth_multiplier: 1 }),
    ...block('Conv2D', { filters, kernel_size: [1, 1], kernel_initializer: 'he_normal' }),
  ];
}

/** Small coloured pictures of anything, from a thousand examples. */
export const smallCnn: Architecture = {
  name: 'small-cnn',
  summary: 'normalised plain and depthwise convolutions, global pooling; for coloured pictures',
  data: 'pictures',
  defaults: { epochs: 40, batchSize: 32, learningRate: 0.01, patience: 20 },
  augment: { flip: true, shift: 0.1, rotate: 10, brightness: 0.15 },
  config: ({ shape, outputs }) =>
    sequential('small_cnn', shape, [
      ...halving(16),
      ...halving(32),
      ...halving(48),
      ...separable(96),
      ['GlobalAveragePooling2D', {}],
      ['Dropout', { rate: 0.2 }],
      ['Dense', { units: outputs, activation: 'softmax' }],
    ]),
};
