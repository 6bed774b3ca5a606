import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random rotations. */
export const randomRotation = defineLayer(trainingOnlyLayer('RandomRotation'));
