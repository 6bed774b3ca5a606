import { transposedConvolution } from '../families/transposed-convolution.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over depth, height and width run backwards. The kernel is `[depth, height, width, out, in]`. */
export const conv3dTranspose = defineLayer(transposedConvolution('Conv3DTranspose', 3));
