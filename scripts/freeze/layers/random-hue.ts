import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random hues. */
export const randomHue = defineLayer(trainingOnlyLayer('RandomHue'));
