import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Dropout that keeps mean and variance, for SELU. */
export const alphaDropout = defineLayer(trainingOnlyLayer('AlphaDropout'));
