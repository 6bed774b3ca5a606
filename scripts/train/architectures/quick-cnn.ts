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
  // One epoch: with a rise over a tenth of the steps 1.11 % of 10,000 held-out digits were wrong, over a fifth 1.06 %.
  defaults: { epochs: 3, batchSize: 100, learningRate: 0.02, rise: 0.2, patience: 5 },
  few: moreSteps,
  config: ({ shape, outputs }) =>
    sequential('quick_cnn', shape, [
      // A pool before its normalisation: a quarter of the cells, and a maximum that is trained as one with its convolution.
      bareConvolution(16, 5),
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
