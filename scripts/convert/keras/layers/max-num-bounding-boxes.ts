import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Changes bounding boxes alone, never pictures. */
export const maxNumBoundingBoxes = defineLayer(trainingOnlyLayer('MaxNumBoundingBoxes'));
