import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random shifts. */
export const randomTranslation = defineLayer(trainingOnlyLayer('RandomTranslation'));
