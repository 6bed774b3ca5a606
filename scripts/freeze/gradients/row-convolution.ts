import type { GraphBuilder } from '../graph.ts';
import { windowPads } from '../window.ts';
import { type ConvolutionSizes, joined, MOST_PATCH_TAPS } from './convolution.ts';

/**
 * A convolution and its gradients as products of matrices that have a row for each cell, and side by side in it the
 * channels of as many neighbours across as the kernel is wide. onnxruntime's Conv writes out every patch (`height * width`
 * neighbours) forward, and again for the input's gradient; here cells are written out once, for all three. Measured on one
 * core, 26 pictures, forward and both gradients: the second convolution of `large-cnn` takes 0.81 ms instead of 1.08, 32 to
 * 64 channels at 16x16 3.9 instead of 4.9, 64 to 64 6.9 instead of 7.8.
 */
export function fitsRows({ window, channelsIn }: ConvolutionSizes): boolean {
  const taps = window.kernel.reduce((a, b) => a * b, 1);
  if (taps === 1 || window.strides.some((stride) => stride > 1)) return false;
  // Few channels make products that are too thin.
  return channelsIn >= FEWEST_CHANNELS || taps * channelsIn > MOST_PATCH_TAPS;
}

const FEWEST_CHANNELS = 8;
/** The axis that cells have them on. */
const CHANNELS = 3;
const CHANNELS_LAST = [0, 2, 3, 1];
const CHANNELS_SECOND = [0, 3, 1, 2];

interface Rows {
  /** Of the kernel: height and width. */
  readonly kernel: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly output: readonly [number, number];
  /** Height and width of the input with its padding. */
  readonly padded: readonly [number, number];
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

function rowsOf({ window, input, output }: ConvolutionSizes): Rows {
  const pads = windowPads(input, window) as [number, number, number, number];
  const [height, width] = input as [number, number];
  return {
    kernel: window.kernel as [number, number],
    dilation: (window.dilation as [number, number] | undefined) ?? [1, 1],
    output: output as [number, number],
    padded: [pads[0] + height + pads[2], pads[1] + width + pads[3]],
    pads,
  };
}

/**
 * The convolution.
 * @param x batch, channels, space
 * @param weights the kernel in Keras's order `[height, width, in, out]`
 * @returns `output`: batch, channels, space; `rows`: what {@link rowGradients} wants
 */
export function convolveRows(
  graph: GraphBuilder,
  x: string,
  weights: { readonly kernel: string; readonly bias: string | undefined },
  sizes: ConvolutionSizes,
): { output: string; rows: string } {
  const { channelsIn, channelsOut } = sizes;
  const { kernel: window, dilation, output, padded, pads } = rowsOf(sizes);
  const [height, width] = window;
  const [top, left, bottom, right] = pads;
  const cells = graph.op('Transpose', [x], { perm: CHANNELS_LAST });
  const framed = pads.every((pad) => pad === 0)
    ? cells
    : graph.op('Pad', [cells, graph.ints([0, top, left, 0, 0, bottom, right, 0])]);
  const neighbours = Array.from({ length: width }, (_, j) => {
    const start = j * dilation[1];
    return graph.op('Slice', [framed, graph.ints([start]), graph.ints([start + output[1]]), graph.ints([2])]);
  });
  const rows = reshaped(graph, joined(graph, neighbours, CHANNELS), [-1, width * channelsIn]);
  const kernels = slices(graph, weights.kernel, 0, height).map((part) =>
    reshaped(graph, part, [width * channelsIn, channelsOut]),
  );
  // What each row of the kernel gives, moved up by as many rows of cells.
  const moved = kernels.map((part, i) => {
    // The bias comes with the first of them, at no cost.
    const biased = i === 0 && weights.bias ? graph.op('Gemm', [rows, part, weights.bias]) : undefined;
    const product = reshaped(graph, biased ?? graph.op('MatMul', [rows, part]), [
      -1,
      padded[0],
      output[1] * channelsOut,
    ]);
    const start = i * dilation[0];
    return graph.op('Slice', [product, graph.ints([start]), graph.ints([start + output[0]]), graph.ints([1])]);
  });
  const sum = reshaped(graph, summed(graph, moved), [-1, ...output, channelsOut]);
  return { output: graph.op('Transpose', [sum], { perm: CHANNELS_SECOND }), rows };
}

/**
 * Gradients of the kernel, in Keras's order, and of the input, batch, channels, space, where a kernel is given for that.
 * @param rows from {@link convolveRows}
 * @param gradient of the convolution's output: batch, channels, space
 */
export function rowGradients(
  graph: GraphBuilder,
  rows: string,
  gradient: string,
  sizes: ConvolutionSizes,
  kernel?: string,
): { kernel: string; input?: string } {
  const { channelsIn, channelsOut } = sizes;
  const { kernel: window, dilation } = rowsOf(sizes);
  const [height, width] = window;
  const cells = graph.op('Transpose', [gradient], { perm: CHANNELS_LAST });
  // The same cells once for each row of the kernel, moved down by as many rows.
  const moved = Array.from({ length: height }, (_, i) => {
    const pads = [0, i * dilation[0], 0, 0, 0, (height - 1 - i) * dilation[0], 0, 0];
    return height === 1 ? cells : graph.op('Pad', [cells, graph.ints(pads)]);
  });
  const gradients = reshaped(graph, joined(graph, moved, CHANNELS), [-1, height * channelsOut]);
  const product = graph.op('MatMul', [graph.op('Transpose', [rows], { perm: [1, 0] }), gradients]);
  const taps = reshaped(graph, product, [width, channelsIn, height, channelsOut]);
  const own = { kernel: graph.op('Transpose', [taps], { perm: [2, 0, 1, 3] }) };
  return kernel ? { ...own, input: inputOf(graph, gradients, kernel, sizes) } : own;
}

/** @param gradients a row for each cell: the output's gradient for each row of the kernel, side by side */
function inputOf(graph: GraphBuilder, gradients: string, kernel: string, sizes: ConvolutionSizes): string {
  const { input, channelsIn, channelsOut } = sizes;
  const { kernel: window, dilation, output, padded, pads } = rowsOf(sizes);
  const [height, width] = window;
  // What each column of the kernel gives, moved across by as many cells.
  const moved = slices(graph, kernel, 1, width).map((part, j) => {
    const turned = graph.op('Transpose', [part], { perm: CHANNELS_SECOND });
    const product = graph.op('MatMul', [gradients, reshaped(graph, turned, [height * channelsOut, channelsIn])]);
    const lines = reshaped(graph, product, [-1, padded[0], output[1] * channelsIn]);
    const before = j * dilation[1] * channelsIn;
    const after = (padded[1] - output[1]) * channelsIn - before;
    return width === 1 ? lines : graph.op('Pad', [lines, graph.ints([0, 0, before, 0, 0, after])]);
  });
  const sum = reshaped(graph, summed(graph, moved), [-1, ...padded, channelsIn]);
  const [top, left] = pads;
  const ends = [top + (input[0] as number), left + (input[1] as number)];
  const inner = pads.every((pad) => pad === 0)
    ? sum
    : graph.op('Slice', [sum, graph.ints([top, left]), graph.ints(ends), graph.ints([1, 2])]);
  return graph.op('Transpose', [inner], { perm: CHANNELS_SECOND });
}

function reshaped(graph: GraphBuilder, value: string, dims: readonly number[]): string {
  return graph.op('Reshape', [value, graph.ints(dims)]);
}

/** Slices of one along an axis, which stays. */
function slices(graph: GraphBuilder, value: string, axis: number, count: number): string[] {
  if (count === 1) return [value];
  return graph.ops('Split', [value, graph.ints(Array<number>(count).fill(1))], count, { axis });
}

function summed(graph: GraphBuilder, parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : graph.op('Sum', parts);
}
