import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Pictures mixed with each other. */
export const mixUp = defineLayer(trainingOnlyLayer('MixUp'));
