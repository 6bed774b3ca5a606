import { defineLayer } from '../layer.ts';
import { trainingOnlyLayer } from '../training-only.ts';

/** Random zooms. */
export const randomZoom = defineLayer(trainingOnlyLayer('RandomZoom'));
