import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras } from '#onnx';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ dims: z.array(z.number().int().positive()) });

type Config = z.output<typeof config>;

export const permute = defineLayer<Config>({
  className: 'Permute',
  summary: 'The axes behind the batch in another order, counted from 1.',
  keeps: () => 'numbers',
  config,
  integers: true,
  outputShape: (c, inputs) => permuted(c, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    return { ...x, name: graph.op('Transpose', [x.name], { perm: [0, ...c.dims] }), shape: permuted(c, x.shape) };
  },
});

function permuted(c: Config, input: Shape): Shape {
  const wanted = input.slice(1).map((_, i) => i + 1);
  if (String([...c.dims].sort((a, b) => a - b)) !== String(wanted)) {
    throw new FreezeframeError('bad-topology', expected(`each of [${wanted}] once`, 'dims of a Permute layer', c.dims));
  }
  return [input[0] ?? null, ...c.dims.map((axis) => input[axis] ?? null)];
}
