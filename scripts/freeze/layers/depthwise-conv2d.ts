import { z } from 'zod';
import { activate, activationGradient } from '../activations/index.ts';
import { initializer } from '../config.ts';
import { biasSpec, convolutionOptions, convolutionShape, depthwise } from '../convolution.ts';
import { biasGradient, convolutionSizes, depthwiseKernelGradient, inputGradient } from '../gradients/convolution.ts';
import { defineLayer, single } from '../layer.ts';
import { channelsOf, fromImage, toImage } from '../layout.ts';

const config = z.object({
  ...convolutionOptions(2),
  depth_multiplier: z.number().int().positive().default(1),
  depthwise_initializer: initializer('glorot_uniform'),
});

type Config = z.output<typeof config>;

/** A convolution of each channel by itself. The kernel is `[height, width, in, multiplier]`. */
export const depthwiseConv2d = defineLayer<Config>({
  className: 'DepthwiseConv2D',
  linear: { kernel: 'depthwise_kernel', depthwise: true },
  config,
  weights: (c, inputs) => {
    const channels = channelsOf(single(inputs), c.data_format);
    return [
      {
        name: 'depthwise_kernel',
        shape: [...c.kernel_size, channels, c.depth_multiplier],
        trainable: true,
        initializer: c.depthwise_initializer,
      },
      ...biasSpec(c, channels * c.depth_multiplier),
    ];
  },
  outputShape: (c, inputs) => {
    const input = single(inputs);
    return convolutionShape(c, input, channelsOf(input, c.data_format) * c.depth_multiplier);
  },
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
