import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random heights (Keras 2). */
export const randomHeight = defineLayer(trainingOnlyLayer('RandomHeight'));
