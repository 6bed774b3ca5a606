import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random sharpness. */
export const randomSharpness = defineLayer(trainingOnlyLayer('RandomSharpness'));
