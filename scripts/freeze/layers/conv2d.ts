import { activate, activationGradient } from '../activations/index.ts';
import type { ConvolutionConfig } from '../convolution.ts';
import { convolutionLayer } from '../convolution-layer.ts';
import { biasGradient } from '../gradients/convolution.ts';
import { convolutionGradients, trainedConvolution } from '../gradients/trained-convolution.ts';
import { defineLayer, single } from '../layer.ts';
import { toImage } from '../layout.ts';

/** A convolution over height and width, in groups where asked. */
export const conv2d = defineLayer<ConvolutionConfig>({
  ...convolutionLayer('Conv2D', 2),
  training: {
    forward: (context, c, inputs) => {
      const { linear, rows } = trainedConvolution(context, c, single(inputs));
      const output = activate(context.graph, linear, c.activation);
      return { output, saved: rows ? { linear: linear.name, rows } : { linear: linear.name } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const pass = { input: saved.linear as string, output };
      const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
      const back = convolutionGradients(context, c, x, saved.rows, image, needsInputGradient);
      const weights = c.use_bias ? { kernel: back.kernel, bias: biasGradient(graph, image) } : { kernel: back.kernel };
      return { inputs: back.input ? [back.input] : [], weights };
    },
  },
});
