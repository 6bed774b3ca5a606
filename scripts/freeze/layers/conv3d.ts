import { activate, activatedShape } from '../activations/index.ts';
import {
  type ConvolutionConfig,
  convolution,
  convolutionConfig,
  convolutionShape,
  convolutionWeights,
} from '../convolution.ts';
import { defineLayer, single } from '../layer.ts';

/** A convolution over depth, height and width. */
export const conv3d = defineLayer<ConvolutionConfig>({
  className: 'Conv3D',
  linear: { kernel: 'kernel' },
  config: convolutionConfig(3),
  weights: (c, inputs) => convolutionWeights(c, single(inputs)),
  outputShape: (c, inputs) => activatedShape(convolutionShape(c, single(inputs), c.filters), c.activation),
  emit: (context, c, inputs) => activate(context.graph, convolution(context, c, single(inputs)), c.activation),
});
