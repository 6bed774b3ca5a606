import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random local displacements. */
export const randomElasticTransform = defineLayer(trainingOnlyLayer('RandomElasticTransform'));
