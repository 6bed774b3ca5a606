import { transposedConvolution } from '../families/transposed-convolution.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over height and width run backwards. The kernel is `[height, width, out, in]`. */
export const conv2dTranspose = defineLayer(transposedConvolution('Conv2DTranspose', 2));
