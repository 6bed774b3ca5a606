import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random heights (Keras 2). */
export const randomHeight = defineLayer(trainingOnlyLayer('RandomHeight'));
