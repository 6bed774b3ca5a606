import { activate, activationGradient } from '../activations/index.ts';
import { type ConvolutionConfig, convolution } from '../convolution.ts';
import { convolutionLayer } from '../convolution-layer.ts';
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
  ...convolutionLayer('Conv2D', 2),
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
