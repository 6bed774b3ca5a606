import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Bright values inverted at random. */
export const solarization = defineLayer(trainingOnlyLayer('Solarization'));
