import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import { asKeras, fixed, type GraphBuilder, memoryAxis, renamed, type Value } from '#onnx';
import { defineLayer, type EmitContext, single, trained } from '../layer.ts';
import { flag, initializer, oneOrMore } from '../options.ts';

const axes = oneOrMore();

/** What layers that normalise and then scale and shift have in common. */
export const affineOptions = {
  epsilon: z.number().default(1e-3),
  center: flag(true),
  scale: flag(true),
  gamma_initializer: initializer('ones'),
  beta_initializer: initializer('zeros'),
};

/** Keras's axes (negative ones count from the end) in order. */
export function sortedAxes(list: readonly number[], rank: number): number[] {
  return list.map((item) => (item < 0 ? item + rank : item)).sort((a, b) => a - b);
}

/** Sizes of the axes that a weight goes over, in their order in the tensor. */
export function sizesOf(input: Shape, list: readonly number[]): number[] {
  return sortedAxes(list, input.length).map((item) => fixed(input, item));
}

/** `gamma` and `beta`, as far as the layer has them. */
export function affineWeights(c: z.output<z.ZodObject<typeof affineOptions>>, shape: readonly number[]): WeightSpec[] {
  return [
    ...(c.scale ? [trained('gamma', shape, c.gamma_initializer)] : []),
    ...(c.center ? [trained('beta', shape, c.beta_initializer)] : []),
  ];
}

/** x - mean, over axes of the memory. */
function centred(graph: GraphBuilder, x: string, memoryAxes: readonly number[]): string {
  return graph.op('Sub', [x, graph.op('ReduceMean', [x, graph.ints(memoryAxes)], { keepdims: 1 })]);
}

/** sqrt(mean of the squares + epsilon), over axes of the memory. */
function magnitude(graph: GraphBuilder, x: string, memoryAxes: readonly number[], epsilon: number): string {
  const square = graph.op('ReduceMean', [graph.op('Mul', [x, x]), graph.ints(memoryAxes)], { keepdims: 1 });
  return graph.op('Sqrt', [graph.op('Add', [square, graph.float(epsilon)])]);
}

/** Dims that let a weight over some of the axes meet a tensor of that rank; both in one order. */
export function dimsOnAxes(sizes: readonly number[], list: readonly number[], rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => sizes[list.indexOf(i)] ?? 1);
}

const layerConfig = z
  .object({ ...affineOptions, axis: axes.prefault(-1), rms_scaling: flag(false) })
  // Keras: the old "RMS" has always a gamma and never a beta.
  .transform((c) => (c.rms_scaling ? { ...c, scale: true, center: false } : c));

type LayerConfig = z.output<typeof layerConfig>;

const layerNormalization = defineLayer<LayerConfig>({
  className: 'LayerNormalization',
  summary: 'Each sample normalised by its own mean and variance over some axes.',
  config: layerConfig,
  mask: 'keep',
  weights: (c, inputs) => affineWeights(c, c.scale || c.center ? sizesOf(single(inputs), c.axis) : []),
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
function inOne({ graph, weight }: EmitContext, c: LayerConfig, x: Value, sizes: readonly number[]): Value {
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

function inSteps({ graph, weight }: EmitContext, c: LayerConfig, x: Value, list: readonly number[]): Value {
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

const groupConfig = z.object({
  ...affineOptions,
  groups: z.union([z.number().int().positive(), z.literal(-1)]).default(32),
  axis: z.number().int().default(-1),
});

type GroupConfig = z.output<typeof groupConfig>;

const groupNormalization = defineLayer<GroupConfig>({
  className: 'GroupNormalization',
  summary:
    'Each sample normalised in groups of channels. -1 groups: each channel by itself, which is instance normalisation.',
  config: groupConfig,
  mask: 'keep',
  weights: (c, inputs) => affineWeights(c, sizesOf(single(inputs), [c.axis])),
  emit: (context, c, inputs) => {
    const x = single(inputs);
    const [axis = 0] = sortedAxes([c.axis], x.shape.length);
    if (axis === x.shape.length - 1) return grouped(context, c, context.graph.toLayout(x, 'channels-first'));
    const keras = asKeras(context.graph, x);
    return axis === 1 ? grouped(context, c, keras) : turnedBack(context, c, keras, axis);
  },
});

/** Channels of any other axis are brought to the front and back. */
function turnedBack(context: EmitContext, c: GroupConfig, x: Value, axis: number): Value {
  const others = x.shape.flatMap((_, i) => (i === 0 || i === axis ? [] : [i]));
  const perm = [0, axis, ...others];
  const front = { ...x, name: context.graph.op('Transpose', [x.name], { perm }) };
  const back = x.shape.map((_, i) => perm.indexOf(i));
  return renamed(x, context.graph.op('Transpose', [grouped(context, c, front).name], { perm: back }));
}

/** The channels are axis 1 of the memory. */
function grouped({ graph, weight }: EmitContext, c: GroupConfig, x: Value): Value {
  const channels = fixed(x.shape, c.axis);
  const groups = c.groups === -1 ? channels : c.groups;
  if (channels % groups !== 0) {
    throw new FreezeframeError(
      'bad-topology',
      expected(`groups that divide ${channels}`, 'GroupNormalization', groups),
    );
  }
  const cells = graph.op('Reshape', [x.name, graph.ints([0, groups, -1])]);
  const neutral = [1, 0].map((value) => graph.float(Array.from({ length: groups }, () => value)));
  const normal = graph.op('InstanceNormalization', [cells, ...neutral], { epsilon: { float: c.epsilon } });
  const shaped = graph.op('Reshape', [normal, graph.op('Shape', [x.name])]);
  const dims = [channels, ...x.shape.slice(2).map(() => 1)];
  const own = (name: string) => weight(name, { perm: [0], dims });
  const scaled = c.scale ? graph.op('Mul', [shaped, own('gamma')]) : shaped;
  return renamed(x, c.center ? graph.op('Add', [scaled, own('beta')]) : scaled);
}

const rmsConfig = z.object({ axis: axes.prefault(-1), epsilon: z.number().default(1e-6) });

const rmsNormalization = defineLayer<z.output<typeof rmsConfig>>({
  className: 'RMSNormalization',
  summary: 'Each sample divided by the root of its mean square over some axes.',
  config: rmsConfig,
  weights: (c, inputs) => [trained('scale', sizesOf(single(inputs), c.axis), 'ones')],
  emit: ({ graph, weight }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const root = magnitude(graph, x.name, sortedAxes(c.axis, x.shape.length), c.epsilon);
    // Keras lets the weight meet the last axes, whichever were normalised.
    return renamed(x, graph.op('Mul', [graph.op('Div', [x.name, root]), weight('scale')]));
  },
});

const unitConfig = z.object({ axis: axes.prefault(-1) });

/** Keras's: what is shorter is divided by this. */
const SHORTEST = 1e-12;

const unitNormalization = defineLayer<z.output<typeof unitConfig>>({
  className: 'UnitNormalization',
  summary: 'Each sample divided by its length over some axes.',
  config: unitConfig,
  mask: 'keep',
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const over = graph.ints(c.axis.map((axis) => memoryAxis(x, axis)));
    const length = graph.op('ReduceL2', [x.name, over], { keepdims: 1 });
    return renamed(x, graph.op('Div', [x.name, graph.op('Max', [length, graph.float(SHORTEST)])]));
  },
});

/** Layers that normalise each sample by itself. */
export const SAMPLE_NORMALIZATION_LAYERS = [
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  unitNormalization,
];
