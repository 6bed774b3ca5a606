import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random flips. */
export const randomFlip = defineLayer(trainingOnlyLayer('RandomFlip'));
