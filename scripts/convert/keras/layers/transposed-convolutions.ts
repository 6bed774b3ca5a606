import * as z from 'zod';
import type { Shape } from '#keras';
import {
  channelsOf,
  effectiveKernel,
  fromImage,
  type GraphBuilder,
  imageShape,
  spatialOf,
  toImage,
  type Value,
} from '#onnx';
import { activated, type LayerDefinition, single, trained } from '../layer.ts';
import { initializer, padding, perAxis } from '../options.ts';
import { biasSpec, convolutionOptions } from './convolutions.ts';

const config = (rank: number) =>
  z.object({
    ...convolutionOptions(rank),
    padding,
    filters: z.number().int().positive(),
    /** Cells that the output is longer than the shortest that fits; null stands for Keras's own rule. */
    output_padding: perAxis(rank, z.number().int().nonnegative()).nullish(),
    kernel_initializer: initializer('glorot_uniform'),
  });

type Config = z.output<ReturnType<typeof config>>;

/** The part of a config that says where the window goes. */
type Sizes = Omit<Config, 'activation' | 'use_bias' | 'bias_initializer' | 'kernel_initializer'>;

/**
 * What Keras leaves out of the full answer, `(size - 1) * stride + kernel` cells long, along one axis. A transposed
 * convolution is the gradient of a convolution whose input has the length of the output, so `same` takes away what that
 * convolution would pad: half of it in front, the odd cell behind. Negative: cells of zeros that are added behind.
 */
function cropOf(c: Sizes, axis: number): { readonly before: number; readonly after: number } {
  const stride = c.strides[axis] as number;
  const kernel = effectiveKernel(c.kernel_size[axis] as number, c.dilation_rate[axis]);
  const extra = c.output_padding?.[axis];
  if (c.padding === 'valid') return { before: 0, after: -(extra ?? Math.max(stride - kernel, 0)) };
  const total = extra === undefined ? kernel - stride : kernel - (kernel % 2) - extra;
  const before = Math.floor(Math.max(total, 0) / 2);
  return { before, after: total - before };
}

function transposedShape(c: Sizes, input: Shape): Shape {
  const spatial = spatialOf(input, c.data_format).map((size, axis) => {
    if (size === null) return null;
    const { before, after } = cropOf(c, axis);
    const kernel = effectiveKernel(c.kernel_size[axis] as number, c.dilation_rate[axis]);
    return (size - 1) * (c.strides[axis] as number) + kernel - before - after;
  });
  return imageShape(input[0] ?? null, spatial, c.filters, c.data_format);
}

/** ONNX's ConvTranspose, before the activation. @param weights in ONNX's order, written behind what `x` needs */
function transposed(graph: GraphBuilder, c: Sizes, x: Value, weights: () => readonly string[]): Value {
  const crops = c.kernel_size.map((_, axis) => cropOf(c, axis));
  const name = graph.op('ConvTranspose', [toImage(graph, x, c.data_format), ...weights()], {
    kernel_shape: c.kernel_size,
    strides: c.strides,
    dilations: c.dilation_rate,
    pads: [...crops.map(({ before }) => before), ...crops.map(({ after }) => Math.max(after, 0))],
    output_padding: crops.map(({ after }) => Math.max(-after, 0)),
  });
  return fromImage(name, transposedShape(c, x.shape), c.data_format);
}

function transposedLayer(rank: number, summary: string): LayerDefinition {
  return activated<Config>({
    className: `Conv${rank}DTranspose`,
    summary,
    linear: { kernel: 'kernel', transposed: true },
    config: config(rank),
    weights: (c, inputs) => {
      const shape = [...c.kernel_size, c.filters, channelsOf(single(inputs), c.data_format)];
      return [trained('kernel', shape, c.kernel_initializer), ...biasSpec(c, c.filters)];
    },
    outputShape: (c, inputs) => transposedShape(c, single(inputs)),
    emit: (context, c, inputs) => {
      // Keras's kernel is `[...window, out, in]`, ONNX's `[in, out, ...window]`.
      const perm = [rank + 1, rank, ...Array.from({ length: rank }, (_, axis) => axis)];
      return transposed(context.graph, c, single(inputs), () => {
        return [context.weight('kernel', { perm }), ...(c.use_bias ? [context.weight('bias')] : [])];
      });
    },
  });
}

/** Convolutions run backwards, over one to three spatial axes. */
export const TRANSPOSED_CONVOLUTION_LAYERS = [
  transposedLayer(1, 'A convolution over time run backwards. The kernel is `[steps, out, in]`.'),
  transposedLayer(2, 'A convolution over height and width run backwards. The kernel is `[height, width, out, in]`.'),
  transposedLayer(
    3,
    'A convolution over depth, height and width run backwards. The kernel is `[depth, height, width, out, in]`.',
  ),
];
