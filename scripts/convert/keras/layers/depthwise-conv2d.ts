import { activate, activatedShape } from '../activations/index.ts';
import { depthwise } from '../families/convolution.ts';
import { type DepthwiseConfig, depthwiseConfig, depthwiseShape, depthwiseWeights } from '../families/depthwise.ts';
import { defineLayer, single } from '../layer.ts';

/** A convolution of each channel by itself. The kernel is `[height, width, in, multiplier]`. */
export const depthwiseConv2d = defineLayer<DepthwiseConfig>({
  className: 'DepthwiseConv2D',
  linear: { kernel: 'depthwise_kernel', depthwise: true },
  config: depthwiseConfig(2),
  weights: (c, inputs) => depthwiseWeights(c, single(inputs)),
  outputShape: (c, inputs) => activatedShape(depthwiseShape(c, single(inputs)), c.activation),
  emit: (context, c, inputs) => {
    const bias = c.use_bias ? context.weight('bias') : undefined;
    return activate(context.graph, depthwise(context, c, single(inputs), bias), c.activation);
  },
});
