import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random negatives. */
export const randomInvert = defineLayer(trainingOnlyLayer('RandomInvert'));
