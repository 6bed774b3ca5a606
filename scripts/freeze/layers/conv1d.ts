import { activate, activatedShape } from '../activations/index.ts';
import {
  type ConvolutionConfig,
  convolution,
  convolutionConfig,
  convolutionShape,
  convolutionWeights,
} from '../convolution.ts';
import { defineLayer, single } from '../layer.ts';

/** A convolution over time; `causal` padding looks back alone. */
export const conv1d = defineLayer<ConvolutionConfig>({
  className: 'Conv1D',
  linear: { kernel: 'kernel' },
  config: convolutionConfig(1),
  weights: (c, inputs) => convolutionWeights(c, single(inputs)),
  outputShape: (c, inputs) => activatedShape(convolutionShape(c, single(inputs), c.filters), c.activation),
  emit: (context, c, inputs) => activate(context.graph, convolution(context, c, single(inputs)), c.activation),
});
