import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import { channelsOf, type Value } from '#onnx';
import { activated, type EmitContext, type LayerDefinition, single, trained } from '../layer.ts';
import { initializer } from '../options.ts';
import {
  biasSpec,
  convolutionOptions,
  convolutionShape,
  convolve,
  kernelPermutation,
  type WindowConfig,
} from './convolutions.ts';

/** A convolution of each channel by itself. */
const depthwiseConfig = (rank: number) =>
  z.object({
    ...convolutionOptions(rank),
    depth_multiplier: z.number().int().positive().default(1),
    depthwise_initializer: initializer('glorot_uniform'),
  });

export type DepthwiseConfig = z.output<ReturnType<typeof depthwiseConfig>>;

/** A convolution of each channel by itself, then one of size 1 that mixes the channels. */
const separableConfig = (rank: number) =>
  depthwiseConfig(rank).extend({
    filters: z.number().int().positive(),
    pointwise_initializer: initializer('glorot_uniform'),
  });

export type SeparableConfig = z.output<ReturnType<typeof separableConfig>>;

/** The kernel is `[...window, in, multiplier]`. */
function depthwiseKernel(c: DepthwiseConfig, channels: number): WeightSpec {
  const shape = [...c.kernel_size, channels, c.depth_multiplier];
  return trained('depthwise_kernel', shape, c.depthwise_initializer);
}

function depthwiseWeights(c: DepthwiseConfig, input: Shape): WeightSpec[] {
  const channels = channelsOf(input, c.data_format);
  return [depthwiseKernel(c, channels), ...biasSpec(c, channels * c.depth_multiplier)];
}

function depthwiseShape(c: DepthwiseConfig, input: Shape): Shape {
  return convolutionShape(c, input, channelsOf(input, c.data_format) * c.depth_multiplier);
}

function separableWeights(c: SeparableConfig, input: Shape): WeightSpec[] {
  const channels = channelsOf(input, c.data_format);
  const shape = [...c.kernel_size.map(() => 1), channels * c.depth_multiplier, c.filters];
  return [
    depthwiseKernel(c, channels),
    trained('pointwise_kernel', shape, c.pointwise_initializer),
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

/** A depthwise convolution without bias: Keras's kernel `[...window, in, multiplier]`. */
export function depthwise(
  context: EmitContext,
  config: WindowConfig & { depth_multiplier: number },
  x: Value,
  bias?: string,
): Value {
  const rank = config.kernel_size.length;
  const inputs = channelsOf(x.shape, config.data_format);
  const channels = inputs * config.depth_multiplier;
  const perm = [rank, rank + 1, ...Array.from({ length: rank }, (_, i) => i)];
  // Channel c of the input makes the outputs c * multiplier ... : the order that a reshape of [in, multiplier] gives.
  const kernel = context.weight('depthwise_kernel', { perm, dims: [channels, 1, ...config.kernel_size] });
  return convolve(context, config, x, { kernel, bias, group: inputs, channels });
}

function depthwiseLayer(rank: number, summary: string): LayerDefinition {
  return activated<DepthwiseConfig>({
    className: `DepthwiseConv${rank}D`,
    summary,
    linear: { kernel: 'depthwise_kernel', depthwise: true },
    config: depthwiseConfig(rank),
    weights: (c, inputs) => depthwiseWeights(c, single(inputs)),
    outputShape: (c, inputs) => depthwiseShape(c, single(inputs)),
    emit: (context, c, inputs) => {
      const bias = c.use_bias ? context.weight('bias') : undefined;
      return depthwise(context, c, single(inputs), bias);
    },
  });
}

function separableLayer(rank: number, summary: string): LayerDefinition {
  return activated<SeparableConfig>({
    className: `SeparableConv${rank}D`,
    summary,
    config: separableConfig(rank),
    weights: (c, inputs) => separableWeights(c, single(inputs)),
    outputShape: (c, inputs) => convolutionShape(c, single(inputs), c.filters),
    emit: (context, c, inputs) => {
      const mixed = pointwise(context, c, depthwise(context, c, single(inputs)));
      return mixed;
    },
  });
}

/** Convolutions of each channel by itself, alone or before one that mixes the channels. */
export const DEPTHWISE_LAYERS = [
  depthwiseLayer(1, 'A convolution over time of each channel by itself. The kernel is `[steps, in, multiplier]`.'),
  depthwiseLayer(2, 'A convolution of each channel by itself. The kernel is `[height, width, in, multiplier]`.'),
  separableLayer(1, 'A depthwise convolution over time, then a convolution of size 1 that mixes the channels.'),
  separableLayer(2, 'A depthwise convolution, then a 1x1 convolution that mixes the channels.'),
];
