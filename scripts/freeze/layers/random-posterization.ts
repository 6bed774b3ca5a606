import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random numbers of bits. */
export const randomPosterization = defineLayer(trainingOnlyLayer('RandomPosterization'));
