import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random parts filled. */
export const randomErasing = defineLayer(trainingOnlyLayer('RandomErasing'));
