import { croppingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Each picture without its sides. */
export const cropping2d = defineLayer(croppingLayer('Cropping2D', 2));
