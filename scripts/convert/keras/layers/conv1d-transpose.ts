import { transposedConvolution } from '../families/transposed-convolution.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over time run backwards. The kernel is `[steps, out, in]`. */
export const conv1dTranspose = defineLayer(transposedConvolution('Conv1DTranspose', 1));
