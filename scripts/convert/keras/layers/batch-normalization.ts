import { z } from 'zod';
import type { Shape, WeightSpec } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { broadcastDims, fixed, memoryAxis, renamed } from '#onnx';
import { defineLayer, type EmitContext, single, type TrainContext } from '../layer.ts';
import { flag, initializer } from '../options.ts';

const config = z.object({
  // Keras 2 writes a list of one.
  axis: z
    .union([z.number().int(), z.array(z.number().int()).length(1)])
    .default(-1)
    .transform((axis) => (typeof axis === 'number' ? axis : (axis[0] as number))),
  epsilon: z.number().default(1e-3),
  momentum: z.number().default(0.99),
  center: flag(true),
  scale: flag(true),
  gamma_initializer: initializer('ones'),
  beta_initializer: initializer('zeros'),
  moving_mean_initializer: initializer('zeros'),
  moving_variance_initializer: initializer('ones'),
});

export type BatchNormalizationConfig = z.output<typeof config>;

/**
 * Normalises each channel by the statistics of training: (x - mean) / sqrt(variance + epsilon) * gamma + beta. A frozen
 * model never holds it as such: `fold-batch-normalization.ts` has made it part of a convolution or one Mul and one Add.
 */
export const batchNormalization = defineLayer<BatchNormalizationConfig>({
  className: 'BatchNormalization',
  mask: 'keep',
  config,
  weights: (c, inputs) => normalizationWeights(c, single(inputs)),
  outputShape: (_, inputs) => single(inputs),
  emit: (context, c, inputs) => {
    const { graph } = context;
    const x = single(inputs);
    const dims = broadcastDims(x, c.axis, fixed(x.shape, c.axis));
    const deviation = graph.op('Sqrt', [graph.op('Add', [context.weight('moving_variance'), graph.float(c.epsilon)])]);
    const centred = graph.op('Sub', [x.name, along(context, context.weight('moving_mean'), dims)]);
    const scale = graph.op('Div', [c.scale ? context.weight('gamma') : graph.float(1), deviation]);
    const scaled = graph.op('Mul', [centred, along(context, scale, dims)]);
    return renamed(x, c.center ? graph.op('Add', [scaled, along(context, context.weight('beta'), dims)]) : scaled);
  },
  training: {
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
  },
});

/** A vector of one number per channel, shaped so that it meets its axis in memory. */
export function along({ graph }: EmitContext, vector: string, dims: readonly number[]): string {
  return dims.length === 1 ? vector : graph.op('Reshape', [vector, graph.ints(dims)]);
}

function normalizationWeights(c: BatchNormalizationConfig, input: Shape): WeightSpec[] {
  const shape = [fixed(input, c.axis)];
  const spec = (name: string, trainable: boolean, initial: unknown) => ({
    name,
    shape,
    trainable,
    initializer: initial,
  });
  return [
    ...(c.scale ? [spec('gamma', true, c.gamma_initializer)] : []),
    ...(c.center ? [spec('beta', true, c.beta_initializer)] : []),
    spec('moving_mean', false, c.moving_mean_initializer),
    spec('moving_variance', false, c.moving_variance_initializer),
  ];
}

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
