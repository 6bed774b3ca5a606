import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random factors around 1. */
export const gaussianDropout = defineLayer(trainingOnlyLayer('GaussianDropout'));
