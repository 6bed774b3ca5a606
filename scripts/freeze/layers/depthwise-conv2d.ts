import { z } from 'zod';
import { activate } from '../activations/index.ts';
import { initializer } from '../config.ts';
import { biasSpec, convolutionOptions, convolutionShape, depthwise } from '../convolution.ts';
import { defineLayer, single } from '../layer.ts';
import { channelsOf } from '../layout.ts';

const config = z.object({
  ...convolutionOptions(2),
  depth_multiplier: z.number().int().positive().default(1),
  depthwise_initializer: initializer('glorot_uniform'),
});

type Config = z.output<typeof config>;

/** A convolution of each channel by itself. The kernel is `[height, width, in, multiplier]`. */
export const depthwiseConv2d = defineLayer<Config>({
  className: 'DepthwiseConv2D',
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
});
