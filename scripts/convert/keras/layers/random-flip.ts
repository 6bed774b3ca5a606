import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random flips. */
export const randomFlip = defineLayer(trainingOnlyLayer('RandomFlip'));
