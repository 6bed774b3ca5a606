import * as z from 'zod';
import { type DotConfig, dotAttention, dotOptions } from '../attention/dot-attention.ts';
import { sums, turned } from '../attention/scores.ts';
import { trained } from '../layer.ts';
import { flag } from '../options.ts';

const config = z.object({
  ...dotOptions,
  use_scale: flag(false),
  score_mode: z.enum(['dot', 'concat']).default('dot'),
});
type Config = z.output<typeof config> & DotConfig;

export const attention = dotAttention<Config>(
  'Attention',
  'Attention by the product of query and key, or by the sum of their `tanh`.',
  config,
  (c) => {
    const scalar = (name: string) => trained(name, [], 'ones');
    return [
      ...(c.use_scale ? [scalar('scale')] : []),
      ...(c.score_mode === 'concat' ? [scalar('concat_score_weight')] : []),
    ];
  },
  ({ graph, weight }, c, query, key) => {
    if (c.score_mode === 'dot') {
      const scores = graph.op('MatMul', [query.name, turned(graph, key)]);
      return c.use_scale ? graph.op('Mul', [scores, weight('scale')]) : scores;
    }
    const pairs = sums(graph, query, key);
    const bent = graph.op('Tanh', [c.use_scale ? graph.op('Mul', [pairs, weight('scale')]) : pairs]);
    const sum = graph.op('ReduceSum', [bent, graph.ints([-1])], { keepdims: 0 });
    return graph.op('Mul', [sum, weight('concat_score_weight')]);
  },
);
