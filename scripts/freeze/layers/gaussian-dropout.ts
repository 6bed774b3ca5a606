import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random factors around 1. */
export const gaussianDropout = defineLayer(trainingOnlyLayer('GaussianDropout'));
