import * as z from 'zod';
import { fixed, type Value } from '#onnx';
import { fromHeads, HEADS_SIGNATURE, headsInputs, headsMask, productWeights, toHeads } from '../attention/heads.ts';
import { shares, zeroed } from '../attention/scores.ts';
import { type BoundCall, defineLayer, type EmitContext, severalOutputs } from '../layer.ts';
import { einsum } from '../operators/products.ts';
import { flag, orElse } from '../options.ts';

const count = z.number().int().positive();
const config = z.object({
  head_dim: count,
  num_query_heads: count,
  num_key_value_heads: count,
  use_bias: flag(true),
  dropout: orElse(z.number(), 0),
  use_gate: orElse(z.boolean(), false),
  sliding_window: count.nullish(),
});
type Config = z.output<typeof config> & { readonly call: BoundCall };

export const groupQueryAttention = defineLayer<Config>({
  className: 'GroupQueryAttention',
  summary: 'Attention in which several heads of the query share one head of key and value.',
  config: config as unknown as z.ZodType<Config>,
  signature: HEADS_SIGNATURE,
  weights: (c, inputs) => {
    const { query, value, key } = headsInputs(c.call, inputs);
    const [u, v, h] = [c.num_query_heads, c.num_key_value_heads, c.head_dim];
    const features = fixed(query, -1);
    return [
      ...productWeights('query_dense', [features, u, h], [u, h], c.use_bias),
      ...productWeights('key_dense', [fixed(key, -1), v, h], [v, h], c.use_bias),
      ...(c.use_gate ? productWeights('gate_dense', [features, u, h], [u, h], c.use_bias) : []),
      ...productWeights('value_dense', [fixed(value, -1), v, h], [v, h], c.use_bias),
      ...productWeights('output_dense', [u, h, features], [features], c.use_bias),
    ];
  },
  ...severalOutputs<Config>({
    outputShapes: (c, inputs) => {
      const { query, value } = headsInputs(c.call, inputs);
      if (c.call.return_attention_scores !== true) return [query];
      return [query, [query[0] ?? null, c.num_query_heads, query[1] ?? null, value[1] ?? null]];
    },
    emitAll,
  }),
  mask: (_, _c, inputs) => [inputs[0]?.mask],
});

function emitAll(context: EmitContext, c: Config, inputs: readonly Value[]): Value[] {
  const { graph } = context;
  const { query, value, key } = headsInputs(c.call, inputs);
  const [heads, shared, size] = [c.num_query_heads, c.num_key_value_heads, c.head_dim];
  const q = toHeads(context, 'query_dense', query, heads, size, c.use_bias);
  const repeated = (name: string, x: Value): Value => {
    const own = toHeads(context, name, x, shared, size, c.use_bias);
    const index = Array.from({ length: heads }, (_, i) => Math.floor((i * shared) / heads));
    const all = graph.op('Gather', [own.name, graph.ints(index)], { axis: 2 });
    return { ...own, name: all, shape: [...own.shape.slice(0, 2), heads, size] };
  };
  const scaled = { ...q, name: graph.op('Mul', [q.name, graph.float(1 / Math.sqrt(size))]) };
  const raw = einsum(graph, 'bquh,bkuh->buqk', [scaled, repeated('key_dense', key)]);
  const mask = headsMask(context, c.call, inputs, c.sliding_window ?? undefined);
  const batched = mask && graph.op('Expand', [mask, graph.ints([1, 1, 1])]);
  const own = batched && graph.op('Unsqueeze', [batched, graph.ints([1])]);
  const each = shares(graph, raw.name, own);
  // As in MultiHeadAttention: a query that may look at nothing is shared out evenly by Keras's fused way alone.
  const fused = c.dropout === 0 && c.call.return_attention_scores !== true;
  const weights = { ...raw, name: fused ? each : zeroed(graph, each, own) };
  const answer = einsum(graph, 'buqk,bkuh->bquh', [weights, repeated('value_dense', value)]);
  const gate = c.use_gate && toHeads(context, 'gate_dense', query, heads, size, c.use_bias);
  const gated = gate ? { ...answer, name: graph.op('Mul', [answer.name, graph.op('Sigmoid', [gate.name])]) } : answer;
  const output = fromHeads(context, 'output_dense', gated, [fixed(query.shape, -1)], c.use_bias);
  return c.call.return_attention_scores === true ? [output, weights] : [output];
}
