import * as z from 'zod';
import type { Shape } from '#keras';
import { fixed, memoryAxis, renamed } from '#onnx';
import { defineLayer, single, trained } from '../layer.ts';
import { initializer } from '../options.ts';

const axes = z.union([z.number().int(), z.array(z.number().int())]);
const config = z.object({
  shared_axes: axes.nullish().transform((value) => (typeof value === 'number' ? [value] : (value ?? []))),
  alpha_initializer: initializer('zeros'),
});
type Config = z.output<typeof config>;

export const prelu = defineLayer<Config>({
  className: 'PReLU',
  summary: 'x above zero, below it a share that was trained, one for each place and channel but along the shared axes.',
  config,
  mask: 'keep',
  weights: (c, inputs) => [trained('alpha', alphaShape(c, single(inputs)), c.alpha_initializer)],
  emit: ({ graph, weight }, _, inputs) => {
    const x = single(inputs);
    const rank = x.shape.length;
    // The weight has no batch axis; its axes are put in the order in which x lies in memory.
    const perm = Array.from({ length: rank - 1 }, () => 0);
    for (let axis = 1; axis < rank; axis++) perm[memoryAxis(x, axis) - 1] = axis - 1;
    const moved = perm.some((from, to) => from !== to);
    const alpha = moved ? weight('alpha', { perm }) : weight('alpha');
    return renamed(x, graph.op('PRelu', [x.name, alpha]));
  },
});

function alphaShape({ shared_axes }: Config, input: Shape): number[] {
  const shared = shared_axes.map((axis) => (axis < 0 ? axis + input.length : axis));
  return input.slice(1).map((_, i) => (shared.includes(i + 1) ? 1 : fixed(input, i + 1)));
}
