import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Dropout of whole channels of sequences. */
export const spatialDropout1d = defineLayer(trainingOnlyLayer('SpatialDropout1D'));
