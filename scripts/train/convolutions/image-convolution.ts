import { type ConvolutionConfig, convolution } from '#convert';
import { effectiveKernel, fromImage, type GraphBuilder, toImage, windowPads } from '#onnx';
import { joined, split } from '../gradients/parts.ts';
import { type ConvolutionSizes, convolutionSizes, MOST_PATCH_TAPS, padded, tapCount } from './sizes.ts';
import type { Way } from './way.ts';

/** Any convolution: onnxruntime's own, and gradients of pictures as batch, channels, height, width. */
export const byImage: Way<ConvolutionConfig> = {
  fits: () => true,
  forward: (context, c, x) => ({ output: convolution(context, c, x), saved: {} }),
  backward: ({ graph, weight }, c, { x }, gradient, needsInputGradient) => {
    const sizes = convolutionSizes(c, x, c.filters);
    const image = toImage(graph, gradient, c.data_format);
    const kernel = groupedKernelGradient(graph, toImage(graph, x, c.data_format), image, sizes, c.groups);
    if (!needsInputGradient) return { weights: { kernel } };
    const back = groupedInputGradient(graph, image, weight('kernel'), sizes, c.groups);
    return { weights: { kernel }, input: graph.toLayout(fromImage(back, x.shape, c.data_format), x.layout) };
  },
};

const BATCH_FIRST = [1, 0, 2, 3];

function attributesOf({ window, input }: ConvolutionSizes) {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilation ?? window.kernel.map(() => 1),
    pads: windowPads(input, window) ?? [],
  };
}

/** A Conv with this kernel gives every tap of every window as a channel of its own. */
function patchKernel(graph: GraphBuilder, sizes: ConvolutionSizes): string {
  const taps = tapCount(sizes);
  const identity = new Float32Array(taps * taps);
  for (let i = 0; i < taps; i++) identity[i * taps + i] = 1;
  return graph.weight('patches', [taps, sizes.channelsIn, ...sizes.window.kernel], identity);
}

/**
 * The kernel's gradient for each picture: `[batch, channelsIn * height * width of the kernel, channelsOut]`. Strides,
 * padding and dilation cost nothing extra, as the patches are made by a convolution.
 */
export function perPicture(graph: GraphBuilder, x: string, gradient: string, sizes: ConvolutionSizes): string {
  const cells = sizes.output.reduce((a, b) => a * b, 1);
  const taps = tapCount(sizes);
  const patches = graph.op('Conv', [x, patchKernel(graph, sizes)], attributesOf(sizes));
  const rows = graph.op('Reshape', [patches, graph.ints([-1, taps, cells])]);
  const flat = graph.op('Reshape', [gradient, graph.ints([-1, sizes.channelsOut, cells])]);
  return graph.op('MatMul', [rows, graph.op('Transpose', [flat], { perm: [0, 2, 1] })]);
}

/**
 * Gradient of the kernel, in Keras's order `[height, width, in, out]`.
 * @param x input of the convolution, batch, channels, space
 * @param gradient gradient of its output, batch, channels, space
 */
export function kernelGradient(graph: GraphBuilder, x: string, gradient: string, sizes: ConvolutionSizes): string {
  const [height, width] = sizes.window.kernel as [number, number];
  if (tapCount(sizes) <= MOST_PATCH_TAPS && height * width > 1) {
    const sum = graph.op('ReduceSum', [perPicture(graph, x, gradient, sizes), graph.ints([0])], { keepdims: 0 });
    const kernel = graph.op('Reshape', [sum, graph.ints([sizes.channelsIn, height, width, sizes.channelsOut])]);
    return graph.op('Transpose', [kernel], { perm: [1, 2, 0, 3] });
  }
  return bySlices(graph, x, gradient, sizes);
}

/**
 * Matrix products over slices of the input, one for each tap. A convolution that gives the kernel's gradient has an output
 * of 3x3: measured on the second convolution of `large-cnn`, 200 pictures, that is some ten times slower.
 */
function bySlices(graph: GraphBuilder, x: string, gradient: string, sizes: ConvolutionSizes): string {
  const { window, channelsIn, channelsOut } = sizes;
  const [height, width] = window.kernel as [number, number];
  const channels = graph.op('Transpose', [padded(graph, x, sizes)], { perm: BATCH_FIRST });
  const cells = graph.op('Transpose', [gradient], { perm: [0, 2, 3, 1] });
  if (height * width === 1 && window.strides.every((stride) => stride === 1)) {
    const product = graph.op('MatMul', [
      asMatrix(graph, channels, channelsIn),
      lastAsMatrix(graph, cells, channelsOut),
    ]);
    return graph.op('Reshape', [product, graph.ints([1, 1, channelsIn, channelsOut])]);
  }
  return byTaps(graph, channels, cells, sizes);
}

/** @param x padded; channels, batch, space. @param cells the gradient; batch, space, channels. */
function byTaps(graph: GraphBuilder, x: string, cells: string, sizes: ConvolutionSizes): string {
  const { window, output, channelsIn, channelsOut } = sizes;
  const [height, width] = window.kernel as [number, number];
  const right = lastAsMatrix(graph, cells, channelsOut);
  const taps: string[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const starts = [i * (window.dilation?.[0] ?? 1), j * (window.dilation?.[1] ?? 1)];
      const ends = starts.map((start, k) => start + ((output[k] as number) - 1) * (window.strides[k] as number) + 1);
      const where = [starts, ends, [2, 3], window.strides].map((list) => graph.ints(list));
      const left = asMatrix(graph, graph.op('Slice', [x, ...where]), channelsIn);
      taps.push(graph.op('MatMul', [left, right]));
    }
  }
  return graph.op('Reshape', [joined(graph, taps, 0), graph.ints([height, width, channelsIn, channelsOut])]);
}

/** The first axis, and all others as one. */
function asMatrix(graph: GraphBuilder, value: string, rows: number): string {
  return graph.op('Reshape', [value, graph.ints([rows, -1])]);
}

/** The last axis, and all others as one. */
function lastAsMatrix(graph: GraphBuilder, value: string, columns: number): string {
  return graph.op('Reshape', [value, graph.ints([-1, columns])]);
}

/**
 * Gradient of the input, batch, channels, space.
 * @param kernel in Keras's order `[height, width, in per group, out per group]`; a depthwise one as it is
 * @param groups 1, or the number of input channels for a depthwise convolution
 */
export function inputGradient(
  graph: GraphBuilder,
  gradient: string,
  kernel: string,
  sizes: ConvolutionSizes,
  groups = 1,
): string {
  const { window, input, output, channelsIn, channelsOut } = sizes;
  const [height, width] = window.kernel as [number, number];
  const pads = windowPads(input, window) as number[];
  const spans = window.kernel.map((size, axis) => effectiveKernel(size, window.dilation?.[axis]));
  const dilations = window.dilation ?? [1, 1];
  if (window.strides.every((stride) => stride === 1)) {
    // An ordinary convolution with the kernel turned round: onnxruntime's Conv uses all cores, its ConvTranspose less so.
    const mirrored = pads.map((pad, i) => (spans[i % 2] as number) - 1 - pad);
    const ordered = graph.op('Transpose', [turn(graph, kernel)], { perm: [2, 3, 0, 1] });
    const attributes = { kernel_shape: window.kernel, dilations, pads: mirrored, group: groups };
    return graph.op('Conv', [gradient, ordered], attributes);
  }
  const ordered = graph.op('Transpose', [kernel], { perm: groups === 1 ? [3, 2, 0, 1] : [2, 3, 0, 1] });
  const weights = graph.op('Reshape', [
    ordered,
    graph.ints([channelsOut, groups === 1 ? channelsIn : 1, height, width]),
  ]);
  // Cells at the end that no window reached.
  const rest = input.map((size, axis) => {
    const reached = ((output[axis] as number) - 1) * (window.strides[axis] as number) + (spans[axis] as number);
    return size - (reached - (pads[axis] as number) - (pads[axis + 2] as number));
  });
  const attributes = {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations,
    pads,
    output_padding: rest,
    group: groups,
  };
  return graph.op('ConvTranspose', [gradient, weights], attributes);
}

/** The kernel with both spatial axes reversed. */
function turn(graph: GraphBuilder, kernel: string): string {
  const before = graph.ints([-(2 ** 31), -(2 ** 31)]);
  return graph.op('Slice', [kernel, graph.ints([-1, -1]), before, graph.ints([0, 1]), graph.ints([-1, -1])]);
}

/** As `kernelGradient`, for a convolution in groups: each group by itself. */
function groupedKernelGradient(
  graph: GraphBuilder,
  x: string,
  gradient: string,
  sizes: ConvolutionSizes,
  groups: number,
): string {
  if (groups === 1) return kernelGradient(graph, x, gradient, sizes);
  const one = oneGroup(sizes, groups);
  const inputs = split(graph, x, groups, one.channelsIn, 1);
  const gradients = split(graph, gradient, groups, one.channelsOut, 1);
  const kernels = inputs.map((input, i) => kernelGradient(graph, input, gradients[i] as string, one));
  return graph.op('Concat', kernels, { axis: 3 });
}

/** As `inputGradient`, for a convolution in groups: each group by itself. */
function groupedInputGradient(
  graph: GraphBuilder,
  gradient: string,
  kernel: string,
  sizes: ConvolutionSizes,
  groups: number,
): string {
  if (groups === 1) return inputGradient(graph, gradient, kernel, sizes);
  const one = oneGroup(sizes, groups);
  const gradients = split(graph, gradient, groups, one.channelsOut, 1);
  const kernels = split(graph, kernel, groups, one.channelsOut, 3);
  const inputs = gradients.map((part, i) => inputGradient(graph, part, kernels[i] as string, one));
  return graph.op('Concat', inputs, { axis: 1 });
}

function oneGroup(sizes: ConvolutionSizes, groups: number): ConvolutionSizes {
  return { ...sizes, channelsIn: sizes.channelsIn / groups, channelsOut: sizes.channelsOut / groups };
}
