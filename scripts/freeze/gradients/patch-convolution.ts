import type { GraphBuilder, Value } from '../graph.ts';
import { type DataFormat, toImage } from '../layout.ts';
import { windowPads } from '../window.ts';
import { type ConvolutionSizes, MOST_PATCH_TAPS } from './convolution.ts';

/**
 * A convolution of the pictures themselves (no gradient of its input is wanted), as a product of matrices: every patch is
 * written out once by a Gather, for the answer and the kernel's gradient. Which cells of the answer, and in which order,
 * costs nothing: the cells of a pool's window can be asked for one by one.
 */
export function fitsPatches({ window, channelsIn }: ConvolutionSizes): boolean {
  return window.kernel.reduce((a, b) => a * b, 1) * channelsIn <= MOST_PATCH_TAPS;
}

/** Which cells of a convolution's answer: from one on, every so many of them, so many in all. Height and width. */
export interface Cells {
  readonly from: readonly number[];
  readonly every: readonly number[];
  readonly count: readonly number[];
}

/** The pictures with a row for each number of a picture, a column for each picture; then a row of zeros and one of ones. */
export function pixelRows(graph: GraphBuilder, x: Value, format: DataFormat, sizes: ConvolutionSizes): string {
  const flat = graph.op('Reshape', [toImage(graph, x, format), graph.ints([-1, pixelsOf(sizes)])]);
  const turned = graph.op('Transpose', [flat], { perm: [1, 0] });
  const zeros = graph.op('Pad', [turned, graph.ints([0, 0, 1, 0])]);
  return graph.op('Pad', [zeros, graph.ints([0, 0, 1, 0]), graph.float(1)]);
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
  const taps = tapsOf(sizes).map((tap) => cellsOf(cells).map((cell) => pixelAt(sizes, tap, cell)));
  if (bias) taps.push(cellsOf(cells).map(() => pixelsOf(sizes) + 1));
  const indices = graph.constant('int32', taps.flat(), [taps.length * (taps[0] as number[]).length]);
  return graph.op('Reshape', [graph.op('Gather', [rows, indices], { axis: 0 }), graph.ints([taps.length, -1])]);
}

/**
 * Gradients of the kernel, in Keras's order, and of the bias.
 * @param products patches times the transpose of the answer's gradient, summed
 */
export function tapGradients(
  graph: GraphBuilder,
  products: string,
  { window, channelsIn, channelsOut }: ConvolutionSizes,
  bias: boolean,
): { kernel: string; bias?: string } {
  const taps = channelsIn * window.kernel.reduce((a, b) => a * b, 1);
  const shape = graph.ints([...window.kernel, channelsIn, channelsOut]);
  if (!bias) return { kernel: graph.op('Reshape', [products, shape]) };
  const [own, ones] = graph.ops('Split', [products, graph.ints([taps, 1])], 2, { axis: 0 }) as [string, string];
  return { kernel: graph.op('Reshape', [own, shape]), bias: graph.op('Squeeze', [ones, graph.ints([0])]) };
}

/** Numbers of one picture. */
function pixelsOf({ input, channelsIn }: Pick<ConvolutionSizes, 'input' | 'channelsIn'>): number {
  return input.reduce((product, size) => product * size, channelsIn);
}

type Tap = readonly [row: number, column: number, channel: number];
type Cell = readonly [row: number, column: number];

/** In the order in which Keras's kernel lies. */
function tapsOf({ window, channelsIn }: ConvolutionSizes): Tap[] {
  const [height, width] = window.kernel as [number, number];
  return grid(height, width).flatMap(([i, j]) => range(channelsIn).map((channel) => [i, j, channel] as const));
}

function cellsOf({ from, every, count: [height = 1, width = 1] }: Cells): Cell[] {
  const at = (axis: 0 | 1, i: number) => (from[axis] as number) + i * (every[axis] as number);
  return grid(height, width).map(([i, j]) => [at(0, i), at(1, j)] as const);
}

/** The row of {@link pixelRows} that this tap sees at this cell: that of zeros where it is beside the picture. */
function pixelAt({ window, input, channelsIn }: ConvolutionSizes, [i, j, channel]: Tap, cell: Cell): number {
  const pads = windowPads(input, window) as number[];
  const [height, width] = input as [number, number];
  const at = (axis: 0 | 1, tap: number) =>
    (cell[axis] as number) * (window.strides[axis] as number) +
    tap * (window.dilation?.[axis] ?? 1) -
    (pads[axis] as number);
  const [y, x] = [at(0, i), at(1, j)];
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  return inside ? (channel * height + y) * width + x : pixelsOf({ input, channelsIn });
}

function grid(height: number, width: number): [number, number][] {
  return range(height).flatMap((i) => range(width).map((j): [number, number] => [i, j]));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
