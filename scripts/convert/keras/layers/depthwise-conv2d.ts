import { channelsOf, fromImage, toImage } from '#onnx';
import { biasGradient, convolutionSizes, depthwiseKernelGradient, inputGradient } from '#train';
import { activate, activatedShape, activationGradient } from '../activations/index.ts';
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
  training: {
    forward: (context, c, inputs) => {
      const bias = c.use_bias ? context.weight('bias') : undefined;
      const linear = depthwise(context, c, single(inputs), bias);
      return { output: activate(context.graph, linear, c.activation), saved: { linear: linear.name } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const pass = { input: saved.linear as string, output };
      const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
      const channels = channelsOf(x.shape, c.data_format);
      const sizes = convolutionSizes(c, x, channels * c.depth_multiplier);
      const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), image, sizes);
      const weights = c.use_bias ? { depthwise_kernel, bias: biasGradient(graph, image) } : { depthwise_kernel };
      if (!needsInputGradient) return { inputs: [], weights };
      const back = inputGradient(graph, image, context.weight('depthwise_kernel'), sizes, channels);
      return { inputs: [graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout)], weights };
    },
  },
});
