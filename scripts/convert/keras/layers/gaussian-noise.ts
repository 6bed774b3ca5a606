import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random numbers added. */
export const gaussianNoise = defineLayer(trainingOnlyLayer('GaussianNoise'));
