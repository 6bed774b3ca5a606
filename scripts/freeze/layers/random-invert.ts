import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random negatives. */
export const randomInvert = defineLayer(trainingOnlyLayer('RandomInvert'));
