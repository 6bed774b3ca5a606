import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random brightness. */
export const randomBrightness = defineLayer(trainingOnlyLayer('RandomBrightness'));
