import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random widths (Keras 2). */
export const randomWidth = defineLayer(trainingOnlyLayer('RandomWidth'));
