import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Dropout of whole channels of volumes. */
export const spatialDropout3d = defineLayer(trainingOnlyLayer('SpatialDropout3D'));
