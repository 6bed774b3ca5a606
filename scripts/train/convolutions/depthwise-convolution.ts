import { type DepthwiseConfig, depthwise, pointwise, type SeparableConfig } from '#convert';
import { channelsOf, fromImage, type GraphBuilder, toImage, type Value } from '#onnx';
import { inputGradient, kernelGradient, perPicture } from './image-convolution.ts';
import { type ConvolutionSizes, convolutionSizes } from './sizes.ts';
import type { Way } from './way.ts';

/** A convolution of each channel by itself. */
export const byChannels: Way<DepthwiseConfig> = {
  fits: () => true,
  forward: (context, c, x) => ({
    output: depthwise(context, c, x, c.use_bias ? context.weight('bias') : undefined),
    saved: {},
  }),
  backward: (context, c, { x }, gradient, needsInputGradient) => {
    const { graph } = context;
    const image = toImage(graph, gradient, c.data_format);
    const sizes = depthwiseSizes(c, x);
    const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), image, sizes);
    if (!needsInputGradient) return { weights: { depthwise_kernel } };
    const back = inputGradient(graph, image, context.weight('depthwise_kernel'), sizes, sizes.channelsIn);
    return { weights: { depthwise_kernel }, input: graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout) };
  },
};

/** Each channel by itself, then a convolution of size 1 that mixes them. */
export const byChannelsThenCells: Way<SeparableConfig> = {
  fits: () => true,
  forward: (context, c, x) => {
    const middle = depthwise(context, c, x);
    return { output: pointwise(context, c, middle), saved: { middle: toImage(context.graph, middle, c.data_format) } };
  },
  backward: (context, c, { x, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const image = toImage(graph, gradient, c.data_format);
    const sizes = depthwiseSizes(c, x);
    const point = { window: { kernel: [1, 1], strides: [1, 1], padding: 'valid' }, input: sizes.output } as const;
    const mixing = { ...sizes, ...point, channelsIn: sizes.channelsOut, channelsOut: c.filters };
    const pointwise_kernel = kernelGradient(graph, saved.middle as string, image, mixing);
    const between = inputGradient(graph, image, context.weight('pointwise_kernel'), mixing);
    const depthwise_kernel = depthwiseKernelGradient(graph, toImage(graph, x, c.data_format), between, sizes);
    const weights = { depthwise_kernel, pointwise_kernel };
    if (!needsInputGradient) return { weights };
    const back = inputGradient(graph, between, context.weight('depthwise_kernel'), sizes, sizes.channelsIn);
    return { weights, input: graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout) };
  },
};

function depthwiseSizes(c: DepthwiseConfig, x: Value): ConvolutionSizes {
  return convolutionSizes(c, x, channelsOf(x.shape, c.data_format) * c.depth_multiplier);
}

/**
 * Gradient of a depthwise kernel, in Keras's order `[height, width, in, multiplier]`: each channel of each picture is a
 * picture of one channel.
 */
function depthwiseKernelGradient(graph: GraphBuilder, x: string, gradient: string, sizes: ConvolutionSizes): string {
  const { window, input, output, channelsIn } = sizes;
  const multiplier = sizes.channelsOut / channelsIn;
  const [height, width] = window.kernel as [number, number];
  const single = { ...sizes, channelsIn: 1, channelsOut: multiplier };
  const pictures = graph.op('Reshape', [x, graph.ints([-1, 1, ...input])]);
  const gradients = graph.op('Reshape', [gradient, graph.ints([-1, multiplier, ...output])]);
  const each = perPicture(graph, pictures, gradients, single);
  const channels = graph.op('Reshape', [each, graph.ints([-1, channelsIn, height, width, multiplier])]);
  const sum = graph.op('ReduceSum', [channels, graph.ints([0])], { keepdims: 0 });
  return graph.op('Transpose', [sum], { perm: [1, 2, 0, 3] });
}
