import { z } from 'zod';
import type { Value } from './graph.ts';
import { defineLayer, type EmitContext, single } from './layer.ts';
import { broadcastDims, renamed } from './layout.ts';

const perChannel = z.array(z.number());
const config = z.object({
  axis: z.number().int(),
  centre: perChannel.optional(),
  scale: perChannel.optional(),
  offset: perChannel.optional(),
});

export type ScaleOffsetConfig = z.output<typeof config>;

/**
 * (x - centre) * scale + offset, one number per channel along `axis`; what would change nothing is left out. No layer of
 * Keras: what is left of normalisation, preprocessing and scaling when they cannot become part of a layer's weights.
 */
export const scaleOffset = defineLayer<ScaleOffsetConfig>({
  className: 'ScaleOffset',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: (context, c, inputs) => {
    const steps = [
      ['Sub', c.centre, 0],
      ['Mul', c.scale, 1],
      ['Add', c.offset, 0],
    ] as const;
    return steps.reduce((x, [op, values, neutral]) => step(context, op, x, c.axis, values, neutral), single(inputs));
  },
});

function step(
  { graph }: EmitContext,
  op: string,
  x: Value,
  axis: number,
  values: readonly number[] | undefined,
  neutral: number,
): Value {
  const [first] = values ?? [];
  if (!values || first === undefined || values.every((value) => value === neutral)) return x;
  const same = values.every((value) => value === first);
  const constant = same ? graph.float(first) : graph.float(values, broadcastDims(x, axis, values.length));
  return renamed(x, graph.op(op, [x.name, constant]));
}
