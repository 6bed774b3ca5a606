import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random saturation. */
export const randomSaturation = defineLayer(trainingOnlyLayer('RandomSaturation'));
