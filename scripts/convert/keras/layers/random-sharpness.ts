import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random sharpness. */
export const randomSharpness = defineLayer(trainingOnlyLayer('RandomSharpness'));
