import { croppingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Each sequence without its ends. */
export const cropping1d = defineLayer(croppingLayer('Cropping1D', 1));
