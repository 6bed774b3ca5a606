import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import { broadcastDims, fixed, renamed } from '#onnx';
import { rangeOfMeans } from '../../picture-range.ts';
import { defineLayer, type EmitContext, single } from '../layer.ts';
import { initializer } from '../options.ts';
import { affineOptions, affineWeights } from './sample-normalization.ts';

const config = z.object({
  // Keras 2 writes a list of one.
  axis: z
    .union([z.number().int(), z.array(z.number().int()).length(1)])
    .default(-1)
    .transform((axis) => (typeof axis === 'number' ? axis : (axis[0] as number))),
  ...affineOptions,
  momentum: z.number().default(0.99),
  moving_mean_initializer: initializer('zeros'),
  moving_variance_initializer: initializer('ones'),
});

export type BatchNormalizationConfig = z.output<typeof config>;

/** A frozen model never holds it as such: `fold-batch-normalization.ts` makes it part of a convolution, or one Mul and one Add. */
export const batchNormalization = defineLayer<BatchNormalizationConfig>({
  className: 'BatchNormalization',
  summary: 'Normalises each channel by statistics of training: (x - mean) / sqrt(variance + epsilon) * gamma + beta.',
  actsInTraining: true,
  mask: 'keep',
  // Trained on bytes it has their mean. A small one tells nothing: 0..1 and -1..1 have it too.
  expects: (_, weight) => (rangeOfMeans([...(weight('moving_mean')?.data ?? [])]) === 'bytes' ? 'bytes' : undefined),
  config,
  weights: (c, inputs) => normalizationWeights(c, single(inputs)),
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
});

/** A vector of one number per channel, shaped so that it meets its axis in memory. */
export function along({ graph }: EmitContext, vector: string, dims: readonly number[]): string {
  return dims.length === 1 ? vector : graph.op('Reshape', [vector, graph.ints(dims)]);
}

function normalizationWeights(c: BatchNormalizationConfig, input: Shape): WeightSpec[] {
  const shape = [fixed(input, c.axis)];
  return [
    ...affineWeights(c, shape),
    { name: 'moving_mean', shape, trainable: false, initializer: c.moving_mean_initializer },
    { name: 'moving_variance', shape, trainable: false, initializer: c.moving_variance_initializer },
  ];
}
