import { z } from 'zod';
import type { Shape, WeightSpec } from '#keras';
import type { Value } from '#onnx';
import { channelsOf } from '#onnx';
import type { EmitContext } from '../layer.ts';
import { initializer } from '../options.ts';
import { biasSpec, convolutionOptions, convolutionShape, convolve, kernelPermutation } from './convolution.ts';

/** A convolution of each channel by itself. */
export const depthwiseConfig = (rank: number) =>
  z.object({
    ...convolutionOptions(rank),
    depth_multiplier: z.number().int().positive().default(1),
    depthwise_initializer: initializer('glorot_uniform'),
  });

export type DepthwiseConfig = z.output<ReturnType<typeof depthwiseConfig>>;

/** A convolution of each channel by itself, then one of size 1 that mixes the channels. */
export const separableConfig = (rank: number) =>
  depthwiseConfig(rank).extend({
    filters: z.number().int().positive(),
    pointwise_initializer: initializer('glorot_uniform'),
  });

export type SeparableConfig = z.output<ReturnType<typeof separableConfig>>;

/** The kernel is `[...window, in, multiplier]`. */
function depthwiseKernel(c: DepthwiseConfig, channels: number): WeightSpec {
  const shape = [...c.kernel_size, channels, c.depth_multiplier];
  return { name: 'depthwise_kernel', shape, trainable: true, initializer: c.depthwise_initializer };
}

export function depthwiseWeights(c: DepthwiseConfig, input: Shape): WeightSpec[] {
  const channels = channelsOf(input, c.data_format);
  return [depthwiseKernel(c, channels), ...biasSpec(c, channels * c.depth_multiplier)];
}

export function depthwiseShape(c: DepthwiseConfig, input: Shape): Shape {
  return convolutionShape(c, input, channelsOf(input, c.data_format) * c.depth_multiplier);
}

export function separableWeights(c: SeparableConfig, input: Shape): WeightSpec[] {
  const channels = channelsOf(input, c.data_format);
  const shape = [...c.kernel_size.map(() => 1), channels * c.depth_multiplier, c.filters];
  return [
    depthwiseKernel(c, channels),
    { name: 'pointwise_kernel', shape, trainable: true, initializer: c.pointwise_initializer },
    ...biasSpec(c, c.filters),
  ];
}

/** The convolution of size 1 and its bias, before the activation. */
export function pointwise(context: EmitContext, c: SeparableConfig, middle: Value): Value {
  const kernel = context.weight('pointwise_kernel', { perm: kernelPermutation(c.kernel_size.length) });
  const bias = c.use_bias ? context.weight('bias') : undefined;
  const ones = c.kernel_size.map(() => 1);
  const point = { kernel_size: ones, strides: ones, dilation_rate: ones, padding: 'valid' } as const;
  const window = { ...point, data_format: c.data_format };
  return convolve(context, window, middle, { kernel, bias, group: 1, channels: c.filters });
}
