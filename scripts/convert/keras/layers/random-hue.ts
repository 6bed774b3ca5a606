import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random hues. */
export const randomHue = defineLayer(trainingOnlyLayer('RandomHue'));
