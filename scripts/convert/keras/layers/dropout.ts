import { z } from 'zod';
import { memoryOrder, renamed } from '#onnx';
import { indicator } from '#train';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ rate: z.number().min(0).max(1) });

/** Random zeros while training; nothing at all in a frozen model. */
export const dropout = defineLayer<z.output<typeof config>>({
  className: 'Dropout',
  mask: 'keep',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: (_context, _config, inputs) => single(inputs),
  trainingOnly: true,
  training: {
    forward: (context, c, inputs) => {
      const { graph } = context;
      const x = single(inputs);
      if (c.rate === 0) return { output: x, saved: {} };
      const numbers = context.random(memoryOrder(x, x.shape));
      const kept = indicator(graph, graph.op('GreaterOrEqual', [numbers, graph.float(c.rate)]));
      const mask = graph.op('Mul', [kept, graph.float(c.rate < 1 ? 1 / (1 - c.rate) : 0)]);
      return { output: renamed(x, graph.op('Mul', [x.name, mask])), saved: { mask } };
    },
    backward: ({ graph }, _, { saved }, gradient) => {
      const { mask } = saved;
      return { inputs: [mask ? renamed(gradient, graph.op('Mul', [gradient.name, mask])) : gradient], weights: {} };
    },
  },
});
