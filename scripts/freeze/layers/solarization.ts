import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Bright values inverted at random. */
export const solarization = defineLayer(trainingOnlyLayer('Solarization'));
