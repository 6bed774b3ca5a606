import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Colours taken away at random. */
export const randomGrayscale = defineLayer(trainingOnlyLayer('RandomGrayscale'));
