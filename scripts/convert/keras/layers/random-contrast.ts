import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random contrast. */
export const randomContrast = defineLayer(trainingOnlyLayer('RandomContrast'));
