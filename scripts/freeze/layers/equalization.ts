import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Histograms made even: in Keras only while training, whatever its name promises. */
export const equalization = defineLayer(trainingOnlyLayer('Equalization'));
