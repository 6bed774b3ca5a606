import { type ConvolutionConfig, convolutionShape } from '#convert';
import { type GraphBuilder, windowPads } from '#onnx';
import { joined, split, summed } from '../gradients/parts.ts';
import { fromCells, toCells } from './cells.ts';
import { type ConvolutionSizes, convolutionSizes, MOST_PATCH_TAPS, tapCount } from './sizes.ts';
import type { Way } from './way.ts';

/**
 * A convolution and its gradients as products of matrices that have a column for each cell, and in it the channels of as
 * many neighbours below as the kernel is high: whole rows are moved, in one Gather. onnxruntime's Conv writes out every
 * patch (`height * width` neighbours) forward, and again for the input's gradient; here cells are written out once, for all
 * three. All pictures are in cells' order, see `toCells`. Measured on one core, 26 pictures, forward and both gradients: the
 * second convolution of `large-cnn` takes half the time (0.95 ms instead of 1.90), 32 to 64 channels at 16x16 as long.
 */
export const byRows: Way<ConvolutionConfig> = {
  fits: (c, x) => c.groups === 1 && fitsRows(convolutionSizes(c, x, c.filters)),
  forward: (context, c, x) => {
    const { graph } = context;
    const sizes = convolutionSizes(c, x, c.filters);
    const weights = { kernel: context.weight('kernel'), bias: c.use_bias ? context.weight('bias') : undefined };
    const { cells, rows } = convolveRows(graph, toCells(graph, x, c.data_format), weights, sizes);
    const shape = convolutionShape(c, x.shape, c.filters);
    return { output: fromCells(graph, cells, shape, c.data_format), saved: { rows } };
  },
  backward: (context, c, { x, saved }, gradient, needsInputGradient) => {
    const { graph } = context;
    const sizes = convolutionSizes(c, x, c.filters);
    const cells = toCells(graph, gradient, c.data_format);
    const weight = needsInputGradient ? context.weight('kernel') : undefined;
    const { kernel, input } = rowGradients(graph, saved.rows as string, cells, sizes, weight);
    if (!input) return { weights: { kernel } };
    return { weights: { kernel }, input: graph.toLayout(fromCells(graph, input, x.shape, c.data_format), x.layout) };
  },
};

/** Every window has a row of neighbours and steps by one cell, and there are channels enough for thick products. */
export function fitsRows(sizes: ConvolutionSizes): boolean {
  const { window, channelsIn } = sizes;
  const isCell = window.kernel.every((size) => size === 1);
  if (isCell || window.strides.some((stride) => stride > 1)) return false;
  return channelsIn >= FEWEST_CHANNELS || tapCount(sizes) > MOST_PATCH_TAPS;
}

const FEWEST_CHANNELS = 8;
/** Axes of cells. */
const [CHANNELS, HEIGHT, WIDTH] = [0, 1, 2];

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
 * @param x its input's cells
 * @param weights the kernel in Keras's order `[height, width, in, out]`
 * @returns `cells`: the answer; `rows`: what {@link rowGradients} wants
 */
export function convolveRows(
  graph: GraphBuilder,
  x: string,
  weights: { readonly kernel: string; readonly bias: string | undefined },
  sizes: ConvolutionSizes,
): { cells: string; rows: string } {
  const { channelsIn, channelsOut } = sizes;
  const { kernel: window, dilation, output, padded, pads } = rowsOf(sizes);
  const [height, width] = window;
  const [top, left, bottom, right] = pads;
  const framed = pads.every((pad) => pad === 0)
    ? x
    : graph.op('Pad', [x, graph.ints([0, top, left, 0, 0, bottom, right, 0])]);
  const neighbours = below(graph, framed, offsets(height, dilation[0]), output[0]);
  const rows = reshaped(graph, neighbours, [channelsIn * height, -1]);
  const matrix = reshaped(graph, graph.op('Transpose', [weights.kernel], { perm: [1, 3, 2, 0] }), [
    width * channelsOut,
    channelsIn * height,
  ]);
  const product = graph.op('MatMul', [matrix, rows]);
  const lines = reshaped(graph, product, [width, channelsOut, output[0], padded[1], -1]);
  // What each column of the kernel gives, moved across by as many cells.
  const moved = offsets(width, dilation[1]).map((start, j) =>
    width === 1 ? lines : sliced(graph, lines, [0, 3], [j, start], [j + 1, start + output[1]]),
  );
  const cells = reshaped(graph, summed(graph, moved), [channelsOut, ...output, -1]);
  if (!weights.bias) return { cells, rows };
  return { cells: graph.op('Add', [cells, reshaped(graph, weights.bias, [channelsOut, 1, 1, 1])]), rows };
}

/**
 * Gradients of the kernel, in Keras's order, and of the input's cells, where a kernel is given for that.
 * @param rows from {@link convolveRows}
 * @param gradient of the convolution's answer, cells
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
  // The same cells once for each column of the kernel, moved across by as many cells.
  const columns = offsets(width, dilation[1]);
  const last = columns.at(-1) as number;
  const moved = columns.map((start) => (width === 1 ? gradient : padded(graph, gradient, WIDTH, start, last - start)));
  const gradients = reshaped(graph, joined(graph, moved, CHANNELS), [width * channelsOut, -1]);
  const turned = graph.op('Transpose', [gradients], { perm: [1, 0] });
  const taps = reshaped(graph, graph.op('MatMul', [rows, turned]), [channelsIn, height, width, channelsOut]);
  const own = { kernel: graph.op('Transpose', [taps], { perm: [1, 2, 0, 3] }) };
  return kernel ? { ...own, input: inputOf(graph, gradients, kernel, sizes) } : own;
}

/** @param gradients a column for each cell: the output's gradient for each column of the kernel */
function inputOf(graph: GraphBuilder, gradients: string, kernel: string, sizes: ConvolutionSizes): string {
  const { input, channelsIn, channelsOut } = sizes;
  const { kernel: window, dilation, output, padded: whole, pads } = rowsOf(sizes);
  const [height, width] = window;
  const turned = graph.op('Transpose', [kernel], { perm: [0, 2, 1, 3] });
  const matrices = split(
    graph,
    reshaped(graph, turned, [height * channelsIn, width * channelsOut]),
    height,
    channelsIn,
    0,
  );
  // What each row of the kernel gives, moved down by as many rows.
  const moved = offsets(height, dilation[0]).map((start, i) => {
    const product = graph.op('MatMul', [matrices[i] as string, gradients]);
    const cells = reshaped(graph, product, [channelsIn, output[0], whole[1], -1]);
    return height === 1 ? cells : padded(graph, cells, HEIGHT, start, whole[0] - output[0] - start);
  });
  const sum = summed(graph, moved);
  const [top, left] = pads;
  if (pads.every((pad) => pad === 0)) return sum;
  return sliced(graph, sum, [HEIGHT, WIDTH], [top, left], [top + (input[0] as number), left + (input[1] as number)]);
}

/** Where each row or column of a kernel begins. */
function offsets(count: number, dilation: number): number[] {
  return Array.from({ length: count }, (_, i) => i * dilation);
}

/** Of cells so many rows from each of these on: an axis for them, behind the channels. */
function below(graph: GraphBuilder, cells: string, starts: readonly number[], count: number): string {
  const rows = starts.flatMap((start) => Array.from({ length: count }, (_, row) => start + row));
  return graph.op('Gather', [cells, graph.constant('int32', rows, [starts.length, count])], { axis: HEIGHT });
}

function reshaped(graph: GraphBuilder, value: string, dims: readonly number[]): string {
  return graph.op('Reshape', [value, graph.ints(dims)]);
}

function sliced(graph: GraphBuilder, value: string, axes: number[], starts: number[], ends: number[]): string {
  return graph.op('Slice', [value, graph.ints(starts), graph.ints(ends), graph.ints(axes)]);
}

/** Zeros before and after along one axis of cells. */
function padded(graph: GraphBuilder, cells: string, axis: number, before: number, after: number): string {
  const pads = [0, 0, 0, 0, 0, 0, 0, 0];
  pads[axis] = before;
  pads[axis + 4] = after;
  return graph.op('Pad', [cells, graph.ints(pads)]);
}
