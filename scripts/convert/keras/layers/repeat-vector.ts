import * as z from 'zod';
import { renamed } from '#onnx';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ n: z.number().int().positive() });

export const repeatVector = defineLayer<z.output<typeof config>>({
  className: 'RepeatVector',
  summary: 'A vector `n` times, as a sequence.',
  keeps: () => 'numbers',
  config,
  outputShape: (c, inputs) => {
    const [batch = null, features = null] = single(inputs);
    return [batch, c.n, features];
  },
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const [batch = null, features = null] = x.shape;
    const one = graph.op('Unsqueeze', [x.name, graph.ints([1])]);
    return renamed(x, graph.op('Expand', [one, graph.ints([1, c.n, 1])]), [batch, c.n, features]);
  },
});
