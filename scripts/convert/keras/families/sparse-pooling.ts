import type { Shape } from '#keras';
import type { GraphBuilder, Window } from '#onnx';

/**
 * Whether a pool's padding must be worked out by the graph itself: over a free axis with a stride beyond the pool,
 * onnxruntime (1.30) takes the cells that are left out for padding below zero. It then refuses to run a MaxPool, and begins
 * an AveragePool at another cell.
 */
export function padsAtRunTime(sizes: Shape, { kernel, strides, padding }: Window): boolean {
  return padding === 'same' && sizes.some((size, i) => size === null && (kernel[i] as number) < (strides[i] as number));
}

/** A pool with TensorFlow's `same` padding, worked out from the picture's size while it runs. `x` is batch, channels, space. */
export function poolPaddedAtRunTime(
  graph: GraphBuilder,
  type: 'MaxPool' | 'AveragePool',
  x: string,
  window: Window,
): string {
  const rank = window.kernel.length;
  const attributes = { kernel_shape: window.kernel, strides: window.strides, auto_pad: 'VALID' };
  const sizes = graph.op('Shape', [x], { start: 2, end: 2 + rank });
  const pads = padsOf(graph, sizes, window);
  if (type === 'MaxPool') {
    const padded = graph.op('Pad', [x, pads, graph.float(Number.NEGATIVE_INFINITY)], { mode: 'constant' });
    return graph.op('MaxPool', [padded], attributes);
  }
  // A mean over cells of which some are padding is a share of the sum: the share that is inside gives the mean back.
  const mean = (of: string) => {
    const padded = graph.op('Pad', [of, pads, graph.float(0)], { mode: 'constant' });
    return graph.op('AveragePool', [padded], attributes);
  };
  const shape = graph.op('Concat', [graph.ints([1, 1]), sizes], { axis: 0 });
  return graph.op('Div', [mean(x), mean(graph.op('Expand', [graph.float(1), shape]))]);
}

/** Pads of all axes as ONNX wants them, begins and ends; none for batch and channels. */
function padsOf(graph: GraphBuilder, sizes: string, { kernel, strides }: Window): string {
  const steps = graph.ints(strides);
  const roundedUp = graph.op('Add', [sizes, graph.ints(strides.map((stride) => stride - 1))]);
  const last = graph.op('Mul', [graph.op('Sub', [graph.op('Div', [roundedUp, steps]), graph.ints([1])]), steps]);
  const beyond = graph.op('Sub', [graph.op('Add', [last, graph.ints(kernel)]), sizes]);
  const total = graph.op('Max', [beyond, graph.ints([0])]);
  const before = graph.op('Div', [total, graph.ints([2])]);
  const none = graph.ints([0, 0]);
  return graph.op('Concat', [none, before, none, graph.op('Sub', [total, before])], { axis: 0 });
}
