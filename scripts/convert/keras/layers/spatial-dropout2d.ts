import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Dropout of whole channels of pictures. */
export const spatialDropout2d = defineLayer(trainingOnlyLayer('SpatialDropout2D'));
