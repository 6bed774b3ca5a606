import * as z from 'zod';
import { broadcastDims, type GraphBuilder, renamed, type Value } from '#onnx';
import { rangeOfFactors, rangeOfMeans } from '../../picture-range.ts';
import { defineLayer, keptInKeras3, ofItsTime, single, type Written } from '../layer.ts';
import { flattened, numbers } from '../options.ts';

/** One number, or one per channel: axes of size 1 in front of those change nothing. */
const factor = numbers.transform((value, context) => {
  const list = flattened(value);
  if (list?.dims.slice(0, -1).every((size) => size === 1)) return list.data;
  context.addIssue('Expected one number or one per channel');
  return z.NEVER;
});
const config = z.object({ scale: factor, offset: factor.prefault(0) });
type Config = z.output<typeof config> & Written;

export const rescaling = defineLayer<Config>({
  className: 'Rescaling',
  summary: 'x * scale + offset; a list holds one number per channel (the last axis).',
  // A scale that tells nothing (1) leaves the mean that is taken off.
  expects: ({ scale, offset }) => rangeOfFactors(scale) ?? rangeOfMeans(meansOf(scale, offset)),
  ...ofItsTime(config),
  mask: keptInKeras3,
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const scaled = graph.op('Mul', [x.name, perChannel(graph, x, c.scale)]);
    return renamed(x, graph.op('Add', [scaled, perChannel(graph, x, c.offset)]));
  },
});

/** x * scale + offset is (x - mean) * scale. */
function meansOf(scale: readonly number[], offset: readonly number[]): number[] {
  return offset.map((value, i) => -value / (scale[i % scale.length] as number));
}

/** A number, or one for each channel as it meets the input's memory. */
export function perChannel(graph: GraphBuilder, x: Value, [first = 0, ...others]: readonly number[]): string {
  if (others.length === 0) return graph.float(first);
  return graph.float([first, ...others], broadcastDims(x, -1, others.length + 1));
}
