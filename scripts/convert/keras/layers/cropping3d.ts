import { croppingLayer } from '../families/border-layers.ts';
import { defineLayer } from '../layer.ts';

/** Each volume without its sides. */
export const cropping3d = defineLayer(croppingLayer('Cropping3D', 3));
