import {
  type Architecture,
  bareConvolution,
  moreSteps,
  NORMALISATION,
  POOL,
  RELU,
  sequential,
} from './architecture.ts';

/** Three normalised convolutions, which learn at ten times the rate: one epoch of MNIST is enough. */
export const quickCnn: Architecture = {
  name: 'quick-cnn',
  summary: 'three normalised convolutions; for small grey pictures, good after one epoch of many',
  data: 'pictures',
  // One epoch of 50,000 digits: 1.04 and 0.98 % of 10,000 others were wrong, with half a cosine 1.08 and 1.04 %.
  defaults: { epochs: 3, batchSize: 100, learningRate: 0.02, schedule: 'straight', patience: 5 },
  few: moreSteps,
  config: ({ shape, outputs }) =>
    sequential('quick_cnn', shape, [
      // A pool before its normalisation: a quarter of the cells, and a maximum that is trained as one with its convolution.
      bareConvolution(12, 5),
      POOL,
      NORMALISATION,
      RELU,
      bareConvolution(32, 3),
      POOL,
      NORMALISATION,
      RELU,
      bareConvolution(64, 3),
      NORMALISATION,
      RELU,
      ['Flatten', {}],
      ['Dense', { units: outputs, activation: 'softmax' }],
    ]),
};
