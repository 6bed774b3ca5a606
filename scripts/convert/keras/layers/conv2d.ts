import { toImage } from '#onnx';
import { biasGradient, fromCells, gradientsOfImage, gradientsOfRows, toCells, trainedConvolution } from '#train';
import { activate, activationGradient } from '../activations/index.ts';
import { type ConvolutionConfig, convolutionShape } from '../families/convolution.ts';
import { convolutionLayer } from '../families/convolution-layer.ts';
import { defineLayer, single } from '../layer.ts';

/** A convolution over height and width, in groups where asked. */
export const conv2d = defineLayer<ConvolutionConfig>({
  ...convolutionLayer('Conv2D', 2),
  training: {
    forward: (context, c, inputs) => {
      const { graph } = context;
      const x = single(inputs);
      const trained = trainedConvolution(context, c, x);
      const shape = convolutionShape(c, x.shape, c.filters);
      const linear = 'linear' in trained ? trained.linear : fromCells(graph, trained.cells, shape, c.data_format);
      const rows = 'rows' in trained ? { rows: trained.rows } : {};
      return { output: activate(graph, linear, c.activation), saved: { linear: linear.name, ...rows } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const { rows } = saved;
      const pass = { input: saved.linear as string, output };
      const back = activationGradient(graph, c.activation, pass, gradient);
      const image = toImage(graph, back, c.data_format);
      const { kernel, input } = rows
        ? gradientsOfRows(context, c, x, rows, toCells(graph, back, c.data_format), needsInputGradient)
        : gradientsOfImage(context, c, x, image, needsInputGradient);
      const weights = c.use_bias ? { kernel, bias: biasGradient(graph, image) } : { kernel };
      return { inputs: input ? [input] : [], weights };
    },
  },
});
