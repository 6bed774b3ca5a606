import { single } from '#convert';
import { memoryOrder, renamed } from '#onnx';
import { indicator } from './elementwise.ts';
import { defineRule } from './rule.ts';

/** Random zeros; what is left grows so that the mean stays. */
export const dropout = defineRule<{ readonly rate: number }>({
  forward: (context, c, inputs) => {
    const { graph } = context;
    const x = single(inputs);
    if (c.rate === 0) return { output: x, saved: {} };
    const numbers = context.random(memoryOrder(x, x.shape));
    const kept = indicator(graph, graph.op('GreaterOrEqual', [numbers, graph.float(c.rate)]));
    const mask = graph.op('Mul', [kept, graph.float(c.rate < 1 ? 1 / (1 - c.rate) : 0)]);
    return { output: renamed(x, graph.op('Mul', [x.name, mask])), saved: { mask } };
  },
  backward: ({ graph }, _, { saved: { mask } }, gradient) => ({
    inputs: [mask ? renamed(gradient, graph.op('Mul', [gradient.name, mask])) : gradient],
    weights: {},
  }),
});
