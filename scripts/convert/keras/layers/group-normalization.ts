import { expected, FreezeframeError } from '@freezeframe/inference';
import { z } from 'zod';
import type { Value } from '#onnx';
import { asKeras, fixed, renamed } from '#onnx';
import { affineOptions, affineWeights, sizesOf, sortedAxes } from '../families/normalization.ts';
import { defineLayer, type EmitContext, single } from '../layer.ts';

const config = z.object({
  ...affineOptions,
  groups: z.union([z.number().int().positive(), z.literal(-1)]).default(32),
  axis: z.number().int().default(-1),
});

type Config = z.output<typeof config>;

/** Each sample normalised in groups of channels. -1 groups: each channel by itself, which is instance normalisation. */
export const groupNormalization = defineLayer<Config>({
  className: 'GroupNormalization',
  config,
  mask: 'keep',
  weights: (c, inputs) => affineWeights(c, sizesOf(single(inputs), [c.axis])),
  outputShape: (_, inputs) => single(inputs),
  emit: (context, c, inputs) => {
    const x = single(inputs);
    const [axis = 0] = sortedAxes([c.axis], x.shape.length);
    if (axis === x.shape.length - 1) return grouped(context, c, context.graph.toLayout(x, 'channels-first'));
    const keras = asKeras(context.graph, x);
    return axis === 1 ? grouped(context, c, keras) : turnedBack(context, c, keras, axis);
  },
});

/** Channels of any other axis are brought to the front and back. */
function turnedBack(context: EmitContext, c: Config, x: Value, axis: number): Value {
  const others = x.shape.flatMap((_, i) => (i === 0 || i === axis ? [] : [i]));
  const perm = [0, axis, ...others];
  const front = { ...x, name: context.graph.op('Transpose', [x.name], { perm }) };
  const back = x.shape.map((_, i) => perm.indexOf(i));
  return renamed(x, context.graph.op('Transpose', [grouped(context, c, front).name], { perm: back }));
}

/** The channels are axis 1 of the memory. */
function grouped({ graph, weight }: EmitContext, c: Config, x: Value): Value {
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
