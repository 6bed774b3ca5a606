import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random saturation. */
export const randomSaturation = defineLayer(trainingOnlyLayer('RandomSaturation'));
