import { z } from 'zod';
import { softmaxGradient } from '../gradients/elementwise.ts';
import { defineLayer, single } from '../layer.ts';
import { memoryAxis, renamed } from '../layout.ts';

const axis = z.number().int();
const config = z.object({
  axis: z
    .union([axis, z.array(axis).length(1)])
    .default(-1)
    .transform((value) => (typeof value === 'number' ? value : (value[0] as number))),
});

/** Shares of one along an axis. */
export const softmax = defineLayer<z.output<typeof config>>({
  className: 'Softmax',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    return renamed(x, graph.op('Softmax', [x.name], { axis: memoryAxis(x, c.axis) }));
  },
  training: {
    backward: ({ graph }, c, { output }, gradient) => {
      const back = softmaxGradient(graph, output.name, memoryAxis(output, c.axis), gradient.name);
      return { inputs: [renamed(gradient, back)], weights: {} };
    },
  },
});
