import * as z from 'zod';
import type { Shape } from '#keras';
import { fixed } from '#onnx';
import { type DotConfig, dotAttention, dotOptions } from '../attention/dot-attention.ts';
import { sums } from '../attention/scores.ts';
import { trained } from '../layer.ts';
import { flag } from '../options.ts';

const config = z.object({ ...dotOptions, use_scale: flag(true) });
type Config = z.output<typeof config> & DotConfig;

export const additiveAttention = dotAttention<Config>(
  'AdditiveAttention',
  "Bahdanau's attention: the sum over `tanh(query + key)`, each feature with a weight of its own.",
  config,
  (c, inputs) => (c.use_scale ? [trained('scale', [fixed(inputs[0] as Shape, -1)], 'glorot_uniform')] : []),
  ({ graph, weight }, c, query, key) => {
    const bent = graph.op('Tanh', [sums(graph, query, key)]);
    const scaled = c.use_scale ? graph.op('Mul', [bent, weight('scale')]) : bent;
    return graph.op('ReduceSum', [scaled, graph.ints([-1])], { keepdims: 0 });
  },
);
