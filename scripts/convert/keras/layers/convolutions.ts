import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import {
  channelsOf,
  type DataFormat,
  fromImage,
  imageShape,
  type Padding,
  spatialOf,
  toImage,
  type Value,
  type Window,
  windowAttributes,
  windowOutput,
} from '#onnx';
import { activation } from '../activations/index.ts';
import { activated, type EmitContext, type LayerDefinition, single, trained } from '../layer.ts';
import { causalPadding, dataFormat, flag, initializer, padding, perAxis } from '../options.ts';

/** What convolutions of every rank and kind have in common. */
export function convolutionOptions(rank: number) {
  return {
    kernel_size: perAxis(rank),
    strides: perAxis(rank).prefault(1),
    dilation_rate: perAxis(rank).prefault(1),
    // Time has a direction, space has none.
    padding: rank === 1 ? causalPadding : padding,
    data_format: dataFormat,
    use_bias: flag(true),
    activation,
    bias_initializer: initializer('zeros'),
  };
}

const convolutionConfig = (rank: number) =>
  z.object({
    ...convolutionOptions(rank),
    filters: z.number().int().positive(),
    groups: z.number().int().positive().default(1),
    kernel_initializer: initializer('glorot_uniform'),
  });

export type ConvolutionConfig = z.output<ReturnType<typeof convolutionConfig>>;

/** The part of a config that says where the window goes. */
export interface WindowConfig {
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly dilation_rate: readonly number[];
  readonly padding: Padding;
  readonly data_format: DataFormat;
}

export function convolutionWindow(config: WindowConfig): Window {
  return {
    kernel: config.kernel_size,
    strides: config.strides,
    dilation: config.dilation_rate,
    padding: config.padding,
  };
}

/** Shape after the window has slid over the input, with `channels` channels. */
export function convolutionShape(config: WindowConfig, input: Shape, channels: number): Shape {
  const spatial = windowOutput(spatialOf(input, config.data_format), convolutionWindow(config));
  return imageShape(input[0] ?? null, spatial, channels, config.data_format);
}

export function biasSpec(config: { use_bias: boolean; bias_initializer: unknown }, channels: number): WeightSpec[] {
  if (!config.use_bias) return [];
  return [trained('bias', [channels], config.bias_initializer)];
}

/** Keras's kernel `[...window, in, out]` as ONNX's `[out, in, ...window]`. */
export function kernelPermutation(rank: number): number[] {
  return [rank + 1, rank, ...Array.from({ length: rank }, (_, i) => i)];
}

/** Weights of a plain convolution. */
export function convolutionWeights(config: ConvolutionConfig, input: Shape): WeightSpec[] {
  const channels = channelsOf(input, config.data_format) / config.groups;
  const shape = [...config.kernel_size, channels, config.filters];
  return [trained('kernel', shape, config.kernel_initializer), ...biasSpec(config, config.filters)];
}

/** ONNX's Conv with weights that are already in its order: the convolution and its bias, before the activation. */
export function convolve(
  context: EmitContext,
  config: WindowConfig,
  x: Value,
  weights: { kernel: string; bias: string | undefined; group: number; channels: number },
): Value {
  const spatial = spatialOf(x.shape, config.data_format);
  const attributes = { ...windowAttributes(spatial, convolutionWindow(config)), group: weights.group };
  const inputs = [toImage(context.graph, x, config.data_format), weights.kernel];
  if (weights.bias) inputs.push(weights.bias);
  const shape = convolutionShape(config, x.shape, weights.channels);
  return fromImage(context.graph.op('Conv', inputs, attributes), shape, config.data_format);
}

/** The convolution and its bias, before the activation. */
export function convolution(context: EmitContext, c: ConvolutionConfig, x: Value): Value {
  const kernel = context.weight('kernel', { perm: kernelPermutation(c.kernel_size.length) });
  const bias = c.use_bias ? context.weight('bias') : undefined;
  return convolve(context, c, x, { kernel, bias, group: c.groups, channels: c.filters });
}

function convolutionLayer(rank: number, summary: string): LayerDefinition {
  return activated<ConvolutionConfig>({
    className: `Conv${rank}D`,
    summary,
    linear: { kernel: 'kernel' },
    config: convolutionConfig(rank),
    weights: (c, inputs) => convolutionWeights(c, single(inputs)),
    outputShape: (c, inputs) => convolutionShape(c, single(inputs), c.filters),
    emit: (context, c, inputs) => convolution(context, c, single(inputs)),
  });
}

/** Convolutions over one to three spatial axes, in groups where asked. */
export const CONVOLUTION_LAYERS = [
  convolutionLayer(1, 'A convolution over time; `causal` padding looks back alone.'),
  convolutionLayer(2, 'A convolution over height and width, in groups where asked.'),
  convolutionLayer(3, 'A convolution over depth, height and width.'),
];
