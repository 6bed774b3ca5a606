import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Colours taken away at random. */
export const randomGrayscale = defineLayer(trainingOnlyLayer('RandomGrayscale'));
