import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras } from '#onnx';
import { defineLayer, single } from '../layer.ts';

const config = z.object({
  target_shape: z.array(
    z
      .union([z.number().int().positive(), z.literal(-1)])
      .nullable()
      .transform((size) => size ?? -1),
  ),
});

type Config = z.output<typeof config>;

export const reshape = defineLayer<Config>({
  className: 'Reshape',
  summary: 'Each sample in another shape; -1 stands for what is left.',
  keeps: () => 'numbers',
  config,
  integers: true,
  outputShape: (c, inputs) => reshaped(c, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const shape = reshaped(c, x.shape);
    // 0 is the batch, whatever its size; one free axis can be left to the operator.
    const free = shape.slice(1).filter((size) => size === null).length;
    const dims = free <= 1 ? shape.slice(1).map((size) => size ?? -1) : c.target_shape;
    return { ...x, name: graph.op('Reshape', [x.name, graph.ints([0, ...dims])]), shape };
  },
});

function reshaped(c: Config, [batch = null, ...sizes]: Shape): Shape {
  const cells = sizes.includes(null) ? null : sizes.reduce<number>((n, size) => n * (size as number), 1);
  const known = c.target_shape.reduce((n, size) => (size === -1 ? n : n * size), 1);
  const open = c.target_shape.filter((size) => size === -1).length;
  const fits = cells === null || (open === 0 ? cells === known : cells % known === 0);
  if (open > 1 || !fits) {
    const what = open > 1 ? 'at most one -1' : `a shape of ${cells} cells`;
    throw new FreezeframeError('bad-topology', expected(what, 'target_shape of a Reshape layer', c.target_shape));
  }
  const rest = cells === null ? null : cells / known;
  return [batch, ...c.target_shape.map((size) => (size === -1 ? rest : size))];
}
