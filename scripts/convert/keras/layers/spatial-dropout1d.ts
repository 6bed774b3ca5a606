import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Dropout of whole channels of sequences. */
export const spatialDropout1d = defineLayer(trainingOnlyLayer('SpatialDropout1D'));
