import { channelsOf, fromImage, toImage } from '#onnx';
import { biasGradient, convolutionSizes, depthwiseKernelGradient, inputGradient, kernelGradient } from '#train';
import { activate, activatedShape, activationGradient } from '../activations/index.ts';
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
  training: {
    forward: (context, c, inputs) => {
      const middle = depthwise(context, c, single(inputs));
      const linear = pointwise(context, c, middle);
      const output = activate(context.graph, linear, c.activation);
      return { output, saved: { middle: toImage(context.graph, middle, c.data_format), linear: linear.name } };
    },
    backward: (context, c, { inputs, output, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const pass = { input: saved.linear as string, output };
      const image = toImage(graph, activationGradient(graph, c.activation, pass, gradient), c.data_format);
      const channels = channelsOf(x.shape, c.data_format);
      const sizes = convolutionSizes(c, x, channels * c.depth_multiplier);
      const point = { window: { kernel: [1, 1], strides: [1, 1], padding: 'valid' }, input: sizes.output } as const;
      const mixing = { ...sizes, ...point, channelsIn: sizes.channelsOut, channelsOut: c.filters };
      const pointwise_kernel = kernelGradient(graph, saved.middle as string, image, mixing);
      const between = inputGradient(graph, image, context.weight('pointwise_kernel'), mixing);
      const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), between, sizes);
      const kernels = { depthwise_kernel, pointwise_kernel };
      const weights = c.use_bias ? { ...kernels, bias: biasGradient(graph, image) } : kernels;
      if (!needsInputGradient) return { inputs: [], weights };
      const back = inputGradient(graph, between, context.weight('depthwise_kernel'), sizes, channels);
      return { inputs: [graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout)], weights };
    },
  },
});
