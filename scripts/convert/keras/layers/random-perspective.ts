import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random perspectives. */
export const randomPerspective = defineLayer(trainingOnlyLayer('RandomPerspective'));
