import { activate, activatedShape } from '../activations/index.ts';
import { convolutionShape, depthwise } from '../families/convolution.ts';
import { pointwise, type SeparableConfig, separableConfig, separableWeights } from '../families/depthwise.ts';
import { defineLayer, single } from '../layer.ts';

/** A depthwise convolution, then a 1x1 convolution that mixes the channels. */
export const separableConv2d = defineLayer<SeparableConfig>({
  className: 'SeparableConv2D',
  config: separableConfig(2),
  weights: (c, inputs) => separableWeights(c, single(inputs)),
  outputShape: (c, inputs) => activatedShape(convolutionShape(c, single(inputs), c.filters), c.activation),
  emit: (context, c, inputs) => {
    const mixed = pointwise(context, c, depthwise(context, c, single(inputs)));
    return activate(context.graph, mixed, c.activation);
  },
});
