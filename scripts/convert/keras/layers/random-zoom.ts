import { trainingOnlyLayer } from '../families/training-only.ts';
import { defineLayer } from '../layer.ts';

/** Random zooms. */
export const randomZoom = defineLayer(trainingOnlyLayer('RandomZoom'));
