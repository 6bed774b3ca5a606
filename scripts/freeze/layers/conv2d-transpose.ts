import { defineLayer } from '../layer.ts';
import { transposedConvolution } from '../transposed-convolution.ts';

/** A convolution over height and width run backwards. The kernel is `[height, width, out, in]`. */
export const conv2dTranspose = defineLayer(transposedConvolution('Conv2DTranspose', 2));
