import { convolutionLayer } from '../families/convolution-layer.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over depth, height and width. */
export const conv3d = defineLayer(convolutionLayer('Conv3D', 3));
