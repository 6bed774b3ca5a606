import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random parts filled. */
export const randomErasing = defineLayer(trainingOnlyLayer('RandomErasing'));
