import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, broadcastDims, renamed, type Value } from '#onnx';
import { rangeOfMeans } from '../../picture-range.ts';
import { defineLayer, type EmitContext, keptInKeras3, ofItsTime, single, type Written } from '../layer.ts';
import { flag, flattened, type Nested, numbers } from '../options.ts';
import { dimsOnAxes, sizesOf, sortedAxes } from './sample-normalization.ts';

const axis = z.number().int();
const config = z.object({
  axis: z
    .union([axis, z.array(axis), z.object({ items: z.array(axis) }).transform(({ items }) => items)])
    .nullish()
    // Keras writes null for what it reads as: one mean for all.
    .transform((value) => (typeof value === 'number' ? [value] : (value ?? []))),
  mean: numbers.nullish(),
  variance: numbers.nullish(),
  invert: flag(false),
});

type Config = z.output<typeof config> & Written;

/** Keras's `epsilon()`: no deviation is taken to be smaller. */
const SMALLEST_DEVIATION = 1e-7;

export const normalization = defineLayer<Config>({
  className: 'Normalization',
  summary:
    '(x - mean) / deviation, by statistics that were learned from data or given; the other way round with `invert`.',
  expects: ({ mean, invert }, weight) => {
    if (invert) return undefined;
    const centre = mean === null || mean === undefined ? weight('mean')?.data : flattened(mean)?.data;
    return rangeOfMeans([...(centre ?? [])]);
  },
  ...ofItsTime(config),
  mask: keptInKeras3,
  weights: (c, inputs) => {
    if (isGiven(c)) return [];
    const shape = sizesOf(single(inputs), c.axis);
    // How many samples were seen stands behind these in the file; only learning more would need it.
    return [
      { name: 'mean', shape, trainable: false, initializer: 'zeros' },
      { name: 'variance', shape, trainable: false, initializer: 'ones' },
    ];
  },
  emit: (context, c, inputs) => {
    const { graph } = context;
    const own = single(inputs);
    // Along one axis at most the memory may lie as it does.
    const x = c.axis.length > 1 ? asKeras(graph, own) : own;
    const [mean, variance] = (['mean', 'variance'] as const).map((name) => statistic(context, c, x, name));
    const root = graph.op('Sqrt', [variance as string]);
    const deviation = graph.op('Max', [root, graph.float(SMALLEST_DEVIATION)]);
    const name = c.invert
      ? graph.op('Add', [graph.op('Mul', [x.name, deviation]), mean as string])
      : graph.op('Div', [graph.op('Sub', [x.name, mean as string]), deviation]);
    return renamed(x, name);
  },
});

function isGiven(c: Config): c is Config & { readonly mean: Nested; readonly variance: Nested } {
  return c.mean !== null && c.mean !== undefined && c.variance !== null && c.variance !== undefined;
}

/** The mean or the variance, shaped to meet the value as it lies in memory. */
function statistic({ graph, weight }: EmitContext, c: Config, x: Value, name: 'mean' | 'variance'): string {
  const kept = sortedAxes(c.axis, x.shape.length);
  if (isGiven(c)) {
    const { dims, data } = given(c[name], kept.length);
    return graph.float(data, inMemory(x, kept.slice(kept.length - dims.length), dims));
  }
  return weight(name, { perm: kept.map((_, i) => i), dims: inMemory(x, kept, sizesOf(x.shape, kept)) });
}

function inMemory(x: Value, kept: readonly number[], sizes: readonly number[]): number[] {
  const [only, ...others] = kept;
  if (only === undefined) return [1];
  return others.length === 0
    ? broadcastDims(x, only, sizes[0] as number)
    : dimsOnAxes(sizes, kept, (x.shape as Shape).length);
}

/** What a config gives meets the last of the axes, as in NumPy. */
function given(value: Nested, axes: number): { readonly dims: number[]; readonly data: number[] } {
  const list = flattened(value);
  if (list && list.dims.length <= axes) return list;
  const what = `at most ${axes} levels of lists, each of one length`;
  throw new FreezeframeError('bad-topology', expected(what, 'mean and variance of a Normalization layer', value));
}
