import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random numbers of bits. */
export const randomPosterization = defineLayer(trainingOnlyLayer('RandomPosterization'));
