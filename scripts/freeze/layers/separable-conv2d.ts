import { z } from 'zod';
import { activate } from '../activations/index.ts';
import { initializer } from '../config.ts';
import {
  biasSpec,
  convolutionOptions,
  convolutionShape,
  convolve,
  depthwise,
  kernelPermutation,
} from '../convolution.ts';
import { defineLayer, single } from '../layer.ts';
import { channelsOf } from '../layout.ts';

const config = z.object({
  ...convolutionOptions(2),
  filters: z.number().int().positive(),
  depth_multiplier: z.number().int().positive().default(1),
  depthwise_initializer: initializer('glorot_uniform'),
  pointwise_initializer: initializer('glorot_uniform'),
});

type Config = z.output<typeof config>;

const POINT = {
  kernel_size: [1, 1],
  strides: [1, 1],
  dilation_rate: [1, 1],
  padding: 'valid',
} as const;

/** A depthwise convolution, then a 1x1 convolution that mixes the channels. */
export const separableConv2d = defineLayer<Config>({
  className: 'SeparableConv2D',
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
      {
        name: 'pointwise_kernel',
        shape: [1, 1, channels * c.depth_multiplier, c.filters],
        trainable: true,
        initializer: c.pointwise_initializer,
      },
      ...biasSpec(c, c.filters),
    ];
  },
  outputShape: (c, inputs) => convolutionShape(c, single(inputs), c.filters),
  emit: (context, c, inputs) => {
    const middle = depthwise(context, c, single(inputs));
    const kernel = context.weight('pointwise_kernel', { perm: kernelPermutation(2) });
    const bias = c.use_bias ? context.weight('bias') : undefined;
    const point = { ...POINT, data_format: c.data_format };
    const mixed = convolve(context, point, middle, { kernel, bias, group: 1, channels: c.filters });
    return activate(context.graph, mixed, c.activation);
  },
});
