import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random blur. */
export const randomGaussianBlur = defineLayer(trainingOnlyLayer('RandomGaussianBlur'));
