import type { GraphBuilder } from '#onnx';
import { joined, split } from '../gradients/parts.ts';

/** A pool whose windows neither overlap nor need padding, over cells `[channels, height, width, batch]`. Height and width. */
export interface PlaneSizes {
  /** Of the cells, and of what the pool makes of them; cells at the end that fill no window are left out. */
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly window: readonly number[];
  readonly channels: number;
}

/**
 * A pool over planes: one for each cell of the pool's window, all of the same shape. The pool is then a maximum of whole
 * planes, and its gradient a comparison of whole planes.
 */
export function cutIntoPlanes(graph: GraphBuilder, cells: string, sizes: PlaneSizes): string[] {
  const { output, window, channels } = sizes;
  const [height, width] = window as [number, number];
  const { reached, rest } = reachOf(sizes);
  const whole = rest.some((size) => size > 0)
    ? graph.op('Slice', [cells, graph.ints([0, 0]), graph.ints(reached), graph.ints([1, 2])])
    : cells;
  const dims = [channels, output[0] as number, height, output[1] as number, width, -1];
  const windows = graph.op('Reshape', [whole, graph.ints(dims)]);
  return split(graph, windows, height, 1, 2).flatMap((line) => split(graph, line, width, 1, 4));
}

/** The reverse: planes as cells, with zeros where the pool does not reach. */
export function joinPlanes(graph: GraphBuilder, planes: readonly string[], sizes: PlaneSizes): string {
  const [height, width] = sizes.window as [number, number];
  const lines = Array.from({ length: height }, (_, i) => joined(graph, planes.slice(i * width, (i + 1) * width), 4));
  const { reached, rest } = reachOf(sizes);
  const windows = joined(graph, lines, 2);
  const cells = graph.op('Reshape', [windows, graph.ints([sizes.channels, ...reached, -1])]);
  if (rest.every((size) => size === 0)) return cells;
  return graph.op('Pad', [cells, graph.ints([0, 0, 0, 0, 0, ...rest, 0])]);
}

/** Dims of a plane that {@link cutIntoPlanes} makes, as Reshape takes them. */
export function planeDims({ output, channels }: PlaneSizes): number[] {
  return [channels, output[0] as number, 1, output[1] as number, 1, -1];
}

/**
 * The largest cell of each window: planes in pairs, the winners in pairs again.
 * @returns all that were compared, the planes first, the largest last
 */
export function compare(graph: GraphBuilder, planes: readonly string[]): string[] {
  if (planes.length === 1) return [...planes];
  const winners = inPairs(planes).map(([left, right]) => (right ? graph.op('Max', [left, right]) : left));
  return [...planes, ...compare(graph, winners)];
}

/**
 * Where each plane has what the pool answers, as bools: of equal cells the first one, as TensorFlow has it. What the left of
 * a pair does not have is the right one's.
 * @param compared from {@link compare}. @param count how many of them are planes. @param within where there is an answer
 */
export function winners(
  graph: GraphBuilder,
  compared: readonly string[],
  count: number,
  within: string | undefined,
): (string | undefined)[] {
  if (count === 1) return [within];
  const ofPairs = winners(graph, compared.slice(count), Math.ceil(count / 2), within);
  return inPairs(compared.slice(0, count)).flatMap(([left, right], i) => {
    const whole = ofPairs[i];
    if (!right) return [whole];
    const larger = graph.op('GreaterOrEqual', [left, right]);
    if (!whole) return [larger, graph.op('Not', [larger])];
    const own = graph.op('And', [whole, larger]);
    return [own, graph.op('Xor', [whole, own])];
  });
}

function inPairs(values: readonly string[]): [left: string, right: string | undefined][] {
  return values.flatMap((value, i): [string, string | undefined][] => (i % 2 === 0 ? [[value, values[i + 1]]] : []));
}

function reachOf({ input, output, window }: PlaneSizes): { reached: number[]; rest: number[] } {
  const reached = output.map((size, axis) => size * (window[axis] as number));
  return { reached, rest: input.map((size, axis) => size - (reached[axis] as number)) };
}
