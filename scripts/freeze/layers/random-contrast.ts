import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random contrast. */
export const randomContrast = defineLayer(trainingOnlyLayer('RandomContrast'));
