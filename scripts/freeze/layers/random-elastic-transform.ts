import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random local displacements. */
export const randomElasticTransform = defineLayer(trainingOnlyLayer('RandomElasticTransform'));
