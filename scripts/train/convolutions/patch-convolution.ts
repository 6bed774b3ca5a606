import { type DataFormat, type GraphBuilder, toImage, type Value, windowPads } from '#onnx';
import { summed } from '../gradients/parts.ts';
import { allOf, numbered } from '../gradients/rule.ts';
import type { PlaneWay } from './pooled-convolution.ts';
import { type ConvolutionSizes, convolutionSizes, MOST_PATCH_TAPS, padded, tapCount } from './sizes.ts';

/**
 * A convolution of the pictures themselves (no gradient of its input is wanted), as a product of matrices: every patch is
 * written out once by a Gather, for the answer and the kernel's gradient. Which cells of the answer, and in which order,
 * costs nothing: the cells of a pool's window can be asked for one by one.
 */
export const planesOfPatches: PlaneWay = {
  fits: ({ convolution: c }, x, needsInputGradient) =>
    !needsInputGradient && fitsPatches(convolutionSizes(c, x, c.filters)),
  dims: ({ channels }) => [channels, -1],
  cut: (context, { convolution: c }, x, { window, output }) => {
    const { graph } = context;
    const sizes = convolutionSizes(c, x, c.filters);
    const rows = pixelRows(graph, x, c.data_format, sizes);
    const matrix = tapMatrix(graph, context.weight('kernel'), c.use_bias ? context.weight('bias') : undefined);
    const [height, width] = window as [number, number];
    const patched = range(height * width).map((i) => {
      const cells = { from: [Math.floor(i / width), i % width], every: window, count: output };
      return patches(graph, rows, sizes, cells, c.use_bias);
    });
    const planes = patched.map((value) => graph.op('MatMul', [matrix, value]));
    return { planes, saved: numbered('patches', patched) };
  },
  gradients: ({ graph }, { convolution: c }, { x, saved }, { planes }) => {
    const products = allOf('patches', saved).map((value, i) =>
      graph.op('MatMul', [value, graph.op('Transpose', [planes[i] as string], { perm: [1, 0] })]),
    );
    return { weights: tapGradients(graph, summed(graph, products), convolutionSizes(c, x, c.filters), c.use_bias) };
  },
};

/** Taps are few enough to be written out. */
export function fitsPatches(sizes: ConvolutionSizes): boolean {
  return tapCount(sizes) <= MOST_PATCH_TAPS;
}

/** Which cells of a convolution's answer: from one on, every so many of them, so many in all. Height and width. */
export interface Cells {
  readonly from: readonly number[];
  readonly every: readonly number[];
  readonly count: readonly number[];
}

/**
 * The pictures, padded as the convolution wants them, with a row for each of their numbers and a column for each picture;
 * then a row of ones.
 */
export function pixelRows(graph: GraphBuilder, x: Value, format: DataFormat, sizes: ConvolutionSizes): string {
  const image = padded(graph, toImage(graph, x, format), sizes);
  const flat = graph.op('Reshape', [image, graph.ints([-1, strideOf(sizes).picture])]);
  const turned = graph.op('Transpose', [flat], { perm: [1, 0] });
  return graph.op('Pad', [turned, graph.ints([0, 0, 1, 0]), graph.float(1)]);
}

/** Kernel `[height, width, in, out]` and bias as one matrix: a column for each tap in this order, and one for the bias. */
export function tapMatrix(graph: GraphBuilder, kernel: string, bias: string | undefined): string {
  const rows = graph.op('Flatten', [kernel], { axis: 3 });
  const all = bias ? graph.op('Concat', [rows, graph.op('Unsqueeze', [bias, graph.ints([0])])], { axis: 0 }) : rows;
  return graph.op('Transpose', [all], { perm: [1, 0] });
}

/**
 * Patches as a matrix: a row for each tap (and one of ones for a bias), a column for each of these cells of each picture.
 * The convolution is {@link tapMatrix} times this: channels, and in each the cells.
 * @param rows from {@link pixelRows}
 */
export function patches(
  graph: GraphBuilder,
  rows: string,
  sizes: ConvolutionSizes,
  cells: Cells,
  bias: boolean,
): string {
  const [taps, positions] = [tapOffsets(sizes), cellOffsets(sizes, cells)];
  // A sum of constants: onnxruntime makes it when it loads the graph, which stays small.
  const pixels = graph.op('Add', [
    graph.constant('int32', taps, [taps.length, 1]),
    graph.constant('int32', positions, [1, positions.length]),
  ]);
  const ones = [strideOf(sizes).picture];
  const all = bias
    ? graph.op(
        'Concat',
        [pixels, graph.op('Expand', [graph.constant('int32', ones, [1, 1]), graph.ints([1, positions.length])])],
        { axis: 0 },
      )
    : pixels;
  const gathered = graph.op('Gather', [rows, all], { axis: 0 });
  return graph.op('Reshape', [gathered, graph.ints([taps.length + (bias ? 1 : 0), -1])]);
}

/**
 * Gradients of the kernel, in Keras's order, and of the bias.
 * @param products patches times the transpose of the answer's gradient, summed
 */
export function tapGradients(
  graph: GraphBuilder,
  products: string,
  sizes: ConvolutionSizes,
  bias: boolean,
): { kernel: string; bias?: string } {
  const shape = graph.ints([...sizes.window.kernel, sizes.channelsIn, sizes.channelsOut]);
  if (!bias) return { kernel: graph.op('Reshape', [products, shape]) };
  const [own, ones] = graph.ops('Split', [products, graph.ints([tapCount(sizes), 1])], 2, { axis: 0 }) as [
    string,
    string,
  ];
  return { kernel: graph.op('Reshape', [own, shape]), bias: graph.op('Squeeze', [ones, graph.ints([0])]) };
}

/** How far apart numbers of a padded picture lie in {@link pixelRows}. */
function strideOf(sizes: ConvolutionSizes) {
  const [top, left, bottom, right] = windowPads(sizes.input, sizes.window) as [number, number, number, number];
  const [height, width] = sizes.input as [number, number];
  const row = left + width + right;
  const channel = (top + height + bottom) * row;
  return { row, channel, picture: sizes.channelsIn * channel };
}

/** Of each tap from its window's first number, in the order in which Keras's kernel lies. */
function tapOffsets(sizes: ConvolutionSizes): number[] {
  const { window, channelsIn } = sizes;
  const [height, width] = window.kernel as [number, number];
  const [down, across] = (window.dilation ?? [1, 1]) as [number, number];
  const { row, channel } = strideOf(sizes);
  return grid(height, width).flatMap(([i, j]) =>
    range(channelsIn).map((c) => c * channel + i * down * row + j * across),
  );
}

/** Of each cell's window from the picture's first number. */
function cellOffsets(sizes: ConvolutionSizes, { from, every, count }: Cells): number[] {
  const [height, width] = count as [number, number];
  const [down, across] = sizes.window.strides as [number, number];
  const { row } = strideOf(sizes);
  const at = (axis: 0 | 1, i: number) => (from[axis] as number) + i * (every[axis] as number);
  return grid(height, width).map(([i, j]) => at(0, i) * down * row + at(1, j) * across);
}

function grid(height: number, width: number): [number, number][] {
  return range(height).flatMap((i) => range(width).map((j): [number, number] => [i, j]));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
