import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Changes bounding boxes alone, never pictures. */
export const maxNumBoundingBoxes = defineLayer(trainingOnlyLayer('MaxNumBoundingBoxes'));
