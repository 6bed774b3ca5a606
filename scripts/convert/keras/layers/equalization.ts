import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Histograms made even: in Keras only while training, whatever its name promises. */
export const equalization = defineLayer(trainingOnlyLayer('Equalization'));
