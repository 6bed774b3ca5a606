import * as z from 'zod';
import { broadcastDims, DATATYPE_NUMBERS, type GraphBuilder, renamed, type Value } from '#onnx';
import { defineLayer, type EmitContext, single } from '../keras/layer.ts';

const perChannel = z.array(z.number());
const config = z.object({
  axis: z.number().int(),
  centre: perChannel.optional(),
  scale: perChannel.optional(),
  offset: perChannel.optional(),
  /** Smallest and largest of the result; `Number.MAX_VALUE` where there is none. */
  clip: z.object({ min: perChannel, max: perChannel }).optional(),
  /** In float64, rounded once at the end, as numpy does it: years - 2000, dollars. */
  precise: z.literal(true).optional(),
});

export type ScaleOffsetConfig = z.output<typeof config>;

/**
 * (x - centre) * scale + offset, one number per channel along `axis`; what would change nothing is left out. No layer of
 * Keras: what is left of normalisation, preprocessing and scaling when they cannot become part of a layer's weights.
 */
export const scaleOffset = defineLayer<ScaleOffsetConfig>({
  className: 'ScaleOffset',
  mask: 'keep',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: (context, c, inputs) => {
    const steps = [
      ['Sub', c.centre, 0],
      ['Mul', c.scale, 1],
      ['Add', c.offset, 0],
      ['Max', c.clip?.min, -Number.MAX_VALUE],
      ['Min', c.clip?.max, Number.MAX_VALUE],
    ] as const;
    const apply = (from: Value) =>
      steps.reduce((x, [op, values, neutral]) => step(context, op, x, c.axis, values, neutral), from);
    const input = single(inputs);
    return c.precise ? inDouble(context, input, apply) : apply(input);
  },
});

function inDouble({ graph }: EmitContext, x: Value, apply: (x: Value) => Value): Value {
  const wide: Value = { ...renamed(x, cast(graph, x, 'float64')), datatype: 'float64' };
  const result = apply(wide);
  return result === wide ? x : renamed(x, cast(graph, result, 'float32'));
}

function cast(graph: GraphBuilder, { name }: Value, to: 'float32' | 'float64'): string {
  return graph.op('Cast', [name], { to: DATATYPE_NUMBERS[to] });
}

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
  const dims = same ? [] : broadcastDims(x, axis, values.length);
  const constant = graph.constant(x.datatype === 'float64' ? 'float64' : 'float32', same ? [first] : values, dims);
  return renamed(x, graph.op(op, [x.name, constant]));
}
