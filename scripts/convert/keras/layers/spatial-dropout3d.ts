import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Dropout of whole channels of volumes. */
export const spatialDropout3d = defineLayer(trainingOnlyLayer('SpatialDropout3D'));
