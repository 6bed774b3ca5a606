import { activate, activatedShape, activationGradient } from '../activations/index.ts';
import {
  type ConvolutionConfig,
  convolution,
  convolutionConfig,
  convolutionShape,
  convolutionWeights,
} from '../convolution.ts';
import {
  biasGradient,
  convolutionSizes,
  groupedInputGradient,
  groupedKernelGradient,
} from '../gradients/convolution.ts';
import { defineLayer, single } from '../layer.ts';
import { fromImage, toImage } from '../layout.ts';

/** A convolution over height and width, in groups where asked. */
export const conv2d = defineLayer<ConvolutionConfig>({
  className: 'Conv2D',
  linear: { kernel: 'kernel' },
  config: convolutionConfig(2),
  weights: (c, inputs) => convolutionWeights(c, single(inputs)),
  outputShape: (c, inputs) => activatedShape(convolutionShape(c, single(inputs), c.filters), c.activation),
  emit: (context, c, inputs) => activate(context.graph, convolution(context, c, single(inputs)), c.activation),
  training: {
    forward: (context, c, inputs) => {
      const linear = convolution(context, c, single(inputs));
      return { output: activate(context.graph, linear, c.activation), saved: { linear: linear.name } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const pass = { input: saved.linear as string, output };
      const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
      const sizes = convolutionSizes(c, x, c.filters);
      const kernel = groupedKernelGradient(graph, toImage(graph, x, c.data_format), image, sizes, c.groups);
      const weights = c.use_bias ? { kernel, bias: biasGradient(graph, image) } : { kernel };
      if (!needsInputGradient) return { inputs: [], weights };
      const back = groupedInputGradient(graph, image, context.weight('kernel'), sizes, c.groups);
      return { inputs: [graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout)], weights };
    },
  },
});
