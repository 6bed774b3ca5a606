import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random shifts. */
export const randomTranslation = defineLayer(trainingOnlyLayer('RandomTranslation'));
