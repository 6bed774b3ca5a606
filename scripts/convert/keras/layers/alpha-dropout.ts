import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Dropout that keeps mean and variance, for SELU. */
export const alphaDropout = defineLayer(trainingOnlyLayer('AlphaDropout'));
