import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random rotations. */
export const randomRotation = defineLayer(trainingOnlyLayer('RandomRotation'));
