import { along, type BatchNormalizationConfig, perChannel, single } from '#convert';
import { broadcastDims, fixed, type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { defineRule, type TrainContext } from './rule.ts';

export const NORMALIZATION = {
  /** Normalises by the statistics of the batch, and moves the averages that the trained layer answers with. */
  BatchNormalization: defineRule<BatchNormalizationConfig>({
    forward: (context, c, inputs) => {
      const { graph } = context;
      const x = single(inputs);
      const mean = graph.op('ReduceMean', [x.name, otherAxes(graph, c, x)], { keepdims: 1 });
      const centred = graph.op('Sub', [x.name, mean]);
      const squares = graph.op('Mul', [centred, centred]);
      const variance = graph.op('ReduceMean', [squares, otherAxes(graph, c, x)], { keepdims: 1 });
      const deviation = graph.op('Sqrt', [graph.op('Add', [variance, graph.float(c.epsilon)])]);
      const inverse = graph.op('Reciprocal', [deviation]);
      const dims = broadcastDims(x, c.axis, fixed(x.shape, c.axis));
      const factor = c.scale ? graph.op('Mul', [inverse, along(context, context.weight('gamma'), dims)]) : inverse;
      const scaled = graph.op('Mul', [centred, factor]);
      // Keras 3 averages the batch's own variance, without Bessel's correction.
      track(context, c, 'moving_mean', mean);
      track(context, c, 'moving_variance', variance);
      const name = c.center ? graph.op('Add', [scaled, along(context, context.weight('beta'), dims)]) : scaled;
      return { output: renamed(x, name), saved: { centred, inverse, factor } };
    },
    backward: (context, c, { inputs, saved }, gradient, needsInputGradient) => {
      const { graph } = context;
      const x = single(inputs);
      const { centred, inverse, factor } = saved as { centred: string; inverse: string; factor: string };
      const axes = otherAxes(graph, c, x);
      const sum = (value: string) => graph.op('ReduceSum', [value, axes], { keepdims: 1 });
      const total = sum(gradient.name);
      const leaning = sum(graph.op('Mul', [gradient.name, centred]));
      const flat = (value: string) => graph.op('Reshape', [value, graph.ints([-1])]);
      const weights = {
        ...(c.scale ? { gamma: flat(graph.op('Mul', [leaning, inverse])) } : {}),
        ...(c.center ? { beta: flat(total) } : {}),
      };
      if (!needsInputGradient) return { inputs: [], weights };
      const count = cellsPerChannel(context, c, x);
      const square = graph.op('Mul', [inverse, inverse]);
      const lean = graph.op('Div', [graph.op('Mul', [graph.op('Mul', [leaning, square]), factor]), count]);
      const shift = graph.op('Div', [graph.op('Mul', [total, factor]), count]);
      const kept = graph.op('Sub', [graph.op('Mul', [gradient.name, factor]), shift]);
      const back = graph.op('Sub', [kept, graph.op('Mul', [centred, lean])]);
      return { inputs: [renamed(x, back)], weights };
    },
  }),
  Rescaling: defineRule<{ readonly scale: readonly number[] }>({
    backward: ({ graph }, c, { inputs }, gradient) => {
      const scaled = graph.op('Mul', [gradient.name, perChannel(graph, single(inputs), c.scale)]);
      return { inputs: [renamed(gradient, scaled)], weights: {} };
    },
  }),
};

/** Axes of the memory that one channel's statistics go over. */
function otherAxes(graph: GraphBuilder, c: BatchNormalizationConfig, x: Value): string {
  const own = memoryAxis(x, c.axis);
  return graph.ints(x.shape.flatMap((_, axis) => (axis === own ? [] : [axis])));
}

/** How many numbers one channel's statistics are made of, a float of shape [1]. */
function cellsPerChannel(context: TrainContext, c: BatchNormalizationConfig, x: Value): string {
  const { graph, batchSize } = context;
  const own = c.axis < 0 ? c.axis + x.shape.length : c.axis;
  const cells = x.shape.reduce<number>((n, _, axis) => (axis === 0 || axis === own ? n : n * fixed(x.shape, axis)), 1);
  return graph.op('Mul', [graph.op('Cast', [batchSize], { to: 1 }), graph.float(cells)]);
}

/** Moves an average towards this batch's value. */
function track(context: TrainContext, c: BatchNormalizationConfig, name: string, value: string): void {
  const { graph } = context;
  const old = graph.op('Mul', [context.weight(name), graph.float(c.momentum)]);
  const flat = graph.op('Reshape', [value, graph.ints([-1])]);
  context.update(name, graph.op('Add', [old, graph.op('Mul', [flat, graph.float(1 - c.momentum)])]));
}
