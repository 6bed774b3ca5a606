import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random perspectives. */
export const randomPerspective = defineLayer(trainingOnlyLayer('RandomPerspective'));
