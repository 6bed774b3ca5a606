import { activate } from '../activations/index.ts';
import {
  type ConvolutionConfig,
  convolutionConfig,
  convolutionShape,
  convolutionWeights,
  convolve,
  kernelPermutation,
} from '../convolution.ts';
import type { Value } from '../graph.ts';
import { defineLayer, type EmitContext, single } from '../layer.ts';

/** A convolution over height and width, in groups where asked. */
export const conv2d = defineLayer<ConvolutionConfig>({
  className: 'Conv2D',
  config: convolutionConfig(2),
  weights: (c, inputs) => convolutionWeights(c, single(inputs)),
  outputShape: (c, inputs) => convolutionShape(c, single(inputs), c.filters),
  emit: (context, c, inputs) => activate(context.graph, convolution(context, c, single(inputs)), c.activation),
});

/** The convolution and its bias, before the activation. */
export function convolution(context: EmitContext, c: ConvolutionConfig, x: Value): Value {
  const kernel = context.weight('kernel', { perm: kernelPermutation(c.kernel_size.length) });
  const bias = c.use_bias ? context.weight('bias') : undefined;
  return convolve(context, c, x, { kernel, bias, group: c.groups, channels: c.filters });
}
