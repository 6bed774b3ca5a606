import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random numbers added. */
export const gaussianNoise = defineLayer(trainingOnlyLayer('GaussianNoise'));
