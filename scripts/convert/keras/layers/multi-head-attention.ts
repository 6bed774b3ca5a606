import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { fixed, type Value } from '#onnx';
import { fromHeads, HEADS_SIGNATURE, headsInputs, headsMask, productWeights, toHeads } from '../attention/heads.ts';
import { sharesOver, zeroed } from '../attention/scores.ts';
import { type BoundCall, defineLayer, type EmitContext, severalOutputs } from '../layer.ts';
import { einsum } from '../operators/products.ts';
import { flag, orElse } from '../options.ts';

const count = z.number().int().positive();
const config = z.object({
  num_heads: count,
  key_dim: count,
  value_dim: count.nullish(),
  use_bias: flag(true),
  dropout: orElse(z.number(), 0),
  use_gate: orElse(z.boolean(), false),
  output_shape: z
    .union([count, z.array(count)])
    .nullish()
    .transform((value) => (typeof value === 'number' ? [value] : value)),
  attention_axes: z
    .union([z.number().int(), z.array(z.number().int())])
    .nullish()
    .transform((value) => (typeof value === 'number' ? [value] : value)),
  sliding_window: count.nullish(),
  /** Keras 2 alone writes it. */
  query_shape: z.unknown().optional(),
});
type Config = z.output<typeof config> & { readonly call: BoundCall };

export const multiHeadAttention = defineLayer<Config>({
  className: 'MultiHeadAttention',
  summary:
    "Attention of several heads: products of query, key and value, shares of one over the values' steps, a last product.",
  config: config as unknown as z.ZodType<Config>,
  signature: HEADS_SIGNATURE,
  weights: (c, inputs) => {
    const { query, value, key } = headsInputs(c.call, inputs);
    const [h, k, v] = [c.num_heads, c.key_dim, valueSize(c)];
    const out = outputSizes(c, query);
    return [
      ...productWeights('query_dense', [fixed(query, -1), h, k], [h, k], c.use_bias),
      ...productWeights('key_dense', [fixed(key, -1), h, k], [h, k], c.use_bias),
      ...(c.use_gate ? productWeights('gate_dense', [fixed(query, -1), h, v], [h, v], c.use_bias) : []),
      ...productWeights('value_dense', [fixed(value, -1), h, v], [h, v], c.use_bias),
      ...productWeights('output_dense', [h, v, ...out], out, c.use_bias),
    ];
  },
  ...severalOutputs<Config>({
    outputShapes: (c, inputs) => {
      const { query, value } = headsInputs(c.call, inputs);
      const output = [...query.slice(0, -1), ...outputSizes(c, query)];
      if (c.call.return_attention_scores !== true) return [output];
      return [output, scoresShape(c, query, value)];
    },
    emitAll,
  }),
  mask: (_, _c, inputs) => [inputs[0]?.mask],
});

function valueSize(c: Config): number {
  return c.value_dim ?? c.key_dim;
}

function outputSizes(c: Config, query: Shape): number[] {
  return c.output_shape ?? [fixed(query, -1)];
}

/** The axes that are attended to, all between batch and features by default. */
function axesOf(c: Config, rank: number): number[] {
  const axes = c.attention_axes ?? Array.from({ length: rank - 2 }, (_, i) => i + 1);
  const positive = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (positive.every((axis) => axis > 0 && axis < rank - 1)) return positive;
  throw new FreezeframeError('unsupported-layer', expected(`axes between 0 and ${rank - 1}`, 'attention_axes', axes));
}

function scoresShape(c: Config, query: Shape, value: Shape): Shape {
  const axes = axesOf(c, query.length);
  const batch = query.slice(0, -1).filter((_, axis) => !axes.includes(axis));
  return [
    ...batch,
    c.num_heads,
    ...axes.map((axis) => query[axis] ?? null),
    ...axes.map((axis) => value[axis] ?? null),
  ];
}

/** The letters of Keras's `_build_attention_equation`: batch axes shared, attended axes of query and value apart. */
function equations(rank: number, axes: readonly number[]): { scores: string; combine: string } {
  const letters = (from: string) => Array.from({ length: rank }, (_, i) => String.fromCharCode(from.charCodeAt(0) + i));
  const [query, value] = [letters('a'), letters('n')];
  const at = (own: readonly string[], axis: number) => (axes.includes(axis) ? own : query)[axis] as string;
  const places = Array.from({ length: rank - 1 }, (_, i) => i);
  const q = places.map((axis) => at(query, axis)).join('');
  const v = places.map((axis) => at(value, axis)).join('');
  const batch = places
    .filter((axis) => !axes.includes(axis))
    .map((axis) => query[axis])
    .join('');
  const attended = (own: readonly string[]) => axes.map((axis) => own[axis]).join('');
  const weights = `${batch}y${attended(query)}${attended(value)}`;
  return { scores: `${q}yz,${v}yz->${weights}`, combine: `${weights},${v}yz->${q}yz` };
}

function emitAll(context: EmitContext, c: Config, inputs: readonly Value[]): Value[] {
  const { graph } = context;
  const { query, value, key } = headsInputs(c.call, inputs);
  const rank = query.shape.length;
  const axes = axesOf(c, rank);
  const { scores, combine } = equations(rank, axes);
  const own = { ...c, size: c.key_dim };
  const q = toHeads(context, 'query_dense', query, c.num_heads, own.size, c.use_bias);
  const k = toHeads(context, 'key_dense', key, c.num_heads, own.size, c.use_bias);
  const v = toHeads(context, 'value_dense', value, c.num_heads, valueSize(c), c.use_bias);
  const scaled = { ...q, name: graph.op('Mul', [q.name, graph.float(1 / Math.sqrt(c.key_dim))]) };
  const raw = einsum(graph, scores, [scaled, k]);
  const mask = placed(
    context,
    headsMask(context, c.call, inputs, c.sliding_window ?? undefined),
    raw.shape,
    axes.length,
  );
  const each = sharesOver(graph, raw.name, mask, axes.length);
  const weights = { ...raw, name: isFused(c, rank) ? each : zeroed(graph, each, mask) };
  const answer = einsum(graph, combine, [weights, v]);
  const gated = c.use_gate ? { ...answer, name: graph.op('Mul', [answer.name, gate()]) } : answer;
  const output = fromHeads(context, 'output_dense', gated, outputSizes(c, query.shape), c.use_bias);
  const named = { ...output, shape: [...query.shape.slice(0, -1), ...outputSizes(c, query.shape)] };
  return c.call.return_attention_scores === true ? [named, weights] : [named];

  function gate(): string {
    const product = toHeads(context, 'gate_dense', query, c.num_heads, valueSize(c), c.use_bias);
    return graph.op('Sigmoid', [product.name]);
  }
}

/**
 * Keras 3 has two ways to the same answer but for queries that may look at nothing: the fused one shares such a query out
 * evenly, the other (for dropout, scores and more axes) gives it nothing. Keras 2 always shares it out.
 */
function isFused(c: Config, rank: number): boolean {
  return c.query_shape !== undefined || (rank === 3 && c.dropout === 0 && c.call.return_attention_scores !== true);
}

/** Axes of 1 where the heads, and batch axes that the mask has not, stand among the scores' axes. */
function placed({ graph }: EmitContext, mask: string | undefined, scores: Shape, axes: number): string | undefined {
  if (mask === undefined) return undefined;
  // [batch, query, value], or [query, value] where only the causal order decides: the heads' axis comes between.
  const rank = scores.length;
  if (rank === 4 && axes === 1) return graph.op('Unsqueeze', [batched(), graph.ints([1])]);
  throw new FreezeframeError('unsupported-layer', expected('no mask', 'attention over several axes', 'a mask'));

  function batched(): string {
    return graph.op('Expand', [mask as string, graph.ints([1, 1, 1])]);
  }
}
