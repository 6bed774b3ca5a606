import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random brightness. */
export const randomBrightness = defineLayer(trainingOnlyLayer('RandomBrightness'));
