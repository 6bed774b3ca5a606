import type { ConvolutionConfig } from '../families/convolution.ts';
import { convolutionLayer } from '../families/convolution-layer.ts';
import { defineLayer } from '../layer.ts';

/** A convolution over height and width, in groups where asked. */
export const conv2d = defineLayer<ConvolutionConfig>(convolutionLayer('Conv2D', 2));
