import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Dropout of whole channels of pictures. */
export const spatialDropout2d = defineLayer(trainingOnlyLayer('SpatialDropout2D'));
