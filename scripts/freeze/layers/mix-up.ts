import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Pictures mixed with each other. */
export const mixUp = defineLayer(trainingOnlyLayer('MixUp'));
