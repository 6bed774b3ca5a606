import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random widths (Keras 2). */
export const randomWidth = defineLayer(trainingOnlyLayer('RandomWidth'));
