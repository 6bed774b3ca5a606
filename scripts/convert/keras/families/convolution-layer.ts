import { activate, activatedShape } from '../activations/index.ts';
import { type LayerDefinition, single } from '../layer.ts';
import {
  type ConvolutionConfig,
  convolution,
  convolutionConfig,
  convolutionShape,
  convolutionWeights,
} from './convolution.ts';

/** A convolution over any number of spatial axes, and its activation. */
export function convolutionLayer(className: string, rank: number): LayerDefinition<ConvolutionConfig> {
  return {
    className,
    linear: { kernel: 'kernel' },
    config: convolutionConfig(rank),
    weights: (c, inputs) => convolutionWeights(c, single(inputs)),
    outputShape: (c, inputs) => activatedShape(convolutionShape(c, single(inputs), c.filters), c.activation),
    emit: (context, c, inputs) => activate(context.graph, convolution(context, c, single(inputs)), c.activation),
  };
}
