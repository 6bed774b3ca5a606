import { z } from 'zod';
import type { Value } from '#onnx';
import { asKeras, memoryAxis, renamed } from '#onnx';
import {
  affineOptions,
  affineWeights,
  axes,
  centred,
  dimsOnAxes,
  magnitude,
  sizesOf,
  sortedAxes,
} from '../families/normalization.ts';
import { defineLayer, type EmitContext, single } from '../layer.ts';
import { flag } from '../options.ts';

const config = z
  .object({ ...affineOptions, axis: axes.prefault(-1), rms_scaling: flag(false) })
  // Keras: the old "RMS" has always a gamma and never a beta.
  .transform((c) => (c.rms_scaling ? { ...c, scale: true, center: false } : c));

type Config = z.output<typeof config>;

/** Each sample normalised by its own mean and variance over some axes. */
export const layerNormalization = defineLayer<Config>({
  className: 'LayerNormalization',
  config,
  mask: 'keep',
  weights: (c, inputs) => affineWeights(c, c.scale || c.center ? sizesOf(single(inputs), c.axis) : []),
  outputShape: (_, inputs) => single(inputs),
  emit: (context, c, inputs) => {
    const x = asKeras(context.graph, single(inputs));
    const rank = x.shape.length;
    const list = sortedAxes(c.axis, rank);
    const sizes = list.map((axis) => x.shape[axis] ?? null);
    const last = list.every((axis, i) => axis === rank - list.length + i);
    if (last && !c.rms_scaling && sizes.every((size) => size !== null)) return inOne(context, c, x, sizes as number[]);
    return inSteps(context, c, x, list);
  },
});

/** ONNX's operator knows the last axes alone. The transpose that puts channels there costs less than seven steps do. */
function inOne({ graph, weight }: EmitContext, c: Config, x: Value, sizes: readonly number[]): Value {
  const cells = sizes.reduce((n, size) => n * size, 1);
  const gamma = c.scale
    ? weight('gamma')
    : graph.float(
        Array.from({ length: cells }, () => 1),
        sizes,
      );
  const inputs = [x.name, gamma, ...(c.center ? [weight('beta')] : [])];
  const attributes = { axis: -sizes.length, epsilon: { float: c.epsilon } };
  return renamed(x, graph.op('LayerNormalization', inputs, attributes));
}

function inSteps({ graph, weight }: EmitContext, c: Config, x: Value, list: readonly number[]): Value {
  const memory = list.map((axis) => memoryAxis(x, axis));
  const around = centred(graph, x.name, memory);
  const spread = magnitude(graph, around, memory, c.epsilon);
  // Keras's `rms_scaling` divides by the deviation and leaves the mean where it is.
  const normal = graph.op('Div', [c.rms_scaling ? x.name : around, spread]);
  const own = (name: string) => {
    const dims = dimsOnAxes(sizesOf(x.shape, list), list, x.shape.length);
    return weight(name, { perm: list.map((_, i) => i), dims });
  };
  const scaled = c.scale ? graph.op('Mul', [normal, own('gamma')]) : normal;
  return renamed(x, c.center ? graph.op('Add', [scaled, own('beta')]) : scaled);
}
