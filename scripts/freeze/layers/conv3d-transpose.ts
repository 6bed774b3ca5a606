import { defineLayer } from '../layer.ts';
import { transposedConvolution } from '../transposed-convolution.ts';

/** A convolution over depth, height and width run backwards. The kernel is `[depth, height, width, out, in]`. */
export const conv3dTranspose = defineLayer(transposedConvolution('Conv3DTranspose', 3));
