import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random blur. */
export const randomGaussianBlur = defineLayer(trainingOnlyLayer('RandomGaussianBlur'));
