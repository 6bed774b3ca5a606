import type { Shape } from '#keras';
import { type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { type Activation, operator } from './activation.ts';

function clipped(graph: GraphBuilder, x: string, low: number, high: number): string {
  return graph.op('Clip', [x, graph.float(low), graph.float(high)]);
}

/**
 * Shares of which most are zero, as Keras computes them: its edge adds up the sums of all places that count, where the
 * paper (https://arxiv.org/abs/1602.02068) takes the last of them.
 */
function sparsemax(graph: GraphBuilder, x: Value): string {
  const axis = memoryAxis(x, -1);
  const size = graph.op('Shape', [x.name], { start: axis, end: axis + 1 });
  const [sorted] = graph.ops('TopK', [x.name, size], 2, { axis }) as [string, string];
  const one = graph.float(1);
  const places = graph.op('CumSum', [graph.op('Add', [graph.op('Sub', [sorted, sorted]), one]), graph.int(axis)]);
  const sums = graph.op('CumSum', [sorted, graph.int(axis)]);
  const above = graph.op('Greater', [graph.op('Add', [one, graph.op('Mul', [places, sorted])]), sums]);
  const support = graph.op('Cast', [above], { to: 1 });
  const over = graph.ints([axis]);
  const count = graph.op('ReduceSum', [support, over], { keepdims: 1 });
  const sum = graph.op('ReduceSum', [graph.op('Mul', [support, sums]), over], { keepdims: 1 });
  const edge = graph.op('Div', [graph.op('Sub', [sum, one]), count]);
  return graph.op('Relu', [graph.op('Sub', [x.name, edge])]);
}

/** A gate is made of one half of the features. */
function halved(shape: Shape): Shape {
  const last = shape.at(-1);
  return [...shape.slice(0, -1), typeof last === 'number' ? last / 2 : null];
}

/** One half of the features, the other half deciding how much of it passes. */
function gatedHalf(graph: GraphBuilder, x: Value): Value {
  const [a, b] = graph.ops('Split', [x.name], 2, { axis: memoryAxis(x, -1), num_outputs: 2 }) as [string, string];
  return renamed(x, graph.op('Mul', [a, graph.op('Sigmoid', [b])]), halved(x.shape));
}

/** Activation functions that only Keras 3 has. They can be frozen, not trained. */
export const KERAS3_ACTIVATIONS = [
  {
    name: 'log_sigmoid',
    emit: (graph, x) => renamed(x, graph.op('Neg', [graph.op('Softplus', [graph.op('Neg', [x.name])])])),
  },
  { name: 'hard_tanh', emit: (graph, x) => renamed(x, clipped(graph, x.name, -1, 1)) },
  { name: 'tanh_shrink', emit: (graph, x) => renamed(x, graph.op('Sub', [x.name, graph.op('Tanh', [x.name])])) },
  { name: 'soft_shrink', emit: operator('Shrink', { lambd: { float: 0.5 }, bias: { float: 0.5 } }) },
  { name: 'hard_shrink', emit: operator('Shrink', { lambd: { float: 0.5 }, bias: { float: 0 } }) },
  {
    name: 'squareplus',
    emit: (graph, x) => {
      const root = graph.op('Sqrt', [graph.op('Add', [graph.op('Mul', [x.name, x.name]), graph.float(4)])]);
      return renamed(x, graph.op('Mul', [graph.op('Add', [x.name, root]), graph.float(0.5)]));
    },
  },
  { name: 'celu', emit: operator('Celu', { alpha: { float: 1 } }) },
  {
    name: 'sparse_plus',
    emit: (graph, x) => {
      // (x + 1)² / 4 between -1 and 1: beyond, the clipped sum is 0 or 2 and the rest of x is added.
      const within = clipped(graph, graph.op('Add', [x.name, graph.float(1)]), 0, 2);
      const bent = graph.op('Mul', [graph.op('Mul', [within, within]), graph.float(0.25)]);
      return renamed(x, graph.op('Max', [bent, x.name]));
    },
  },
  {
    name: 'sparse_sigmoid',
    emit: (graph, x) => {
      const half = graph.op('Mul', [graph.op('Add', [x.name, graph.float(1)]), graph.float(0.5)]);
      return renamed(x, clipped(graph, half, 0, 1));
    },
  },
  { name: 'sparsemax', emit: (graph, x) => renamed(x, sparsemax(graph, x)) },
  { name: 'glu', emit: gatedHalf, outputShape: halved },
] as const satisfies readonly Activation[];
