import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import { asKeras, type Value } from '#onnx';
import { type BoundCall, defineLayer, type EmitContext, type LayerDefinition, severalOutputs } from '../layer.ts';
import { allOf, causal, expanded, shares } from './scores.ts';

/** Options of Keras's layers without heads. */
export const dotOptions = {
  /** Keras 2 before 2.10: an option, not an argument of the call. */
  causal: z.boolean().nullish(),
};

export interface DotConfig {
  readonly causal?: boolean | null | undefined;
  readonly call: BoundCall;
}

/** [query, value] or [query, value, key] in; weighted values, and with `return_attention_scores` the weights, out. */
export function dotAttention<C extends DotConfig>(
  className: string,
  summary: string,
  config: z.ZodType<Omit<C, 'call'>>,
  weights: (config: C, inputs: readonly Shape[]) => readonly WeightSpec[],
  /** Scores [batch, query time, value time]. */
  scoresOf: (context: EmitContext, config: C, query: Value, key: Value) => string,
): LayerDefinition {
  return defineLayer<C>({
    className,
    summary,
    config: config as unknown as z.ZodType<C>,
    signature: ['inputs', 'mask', 'training', 'return_attention_scores', 'use_causal_mask'],
    weights,
    ...severalOutputs<C>({
      outputShapes: (c, inputs) => {
        const [query, value, key = value] = checked(className, inputs);
        const output = [...query.slice(0, -1), value?.at(-1) ?? null];
        return c.call.return_attention_scores === true
          ? [output, [...query.slice(0, -1), key?.at(-2) ?? null]]
          : [output];
      },
      emitAll: (context, c, inputs) => {
        const { graph } = context;
        const plain = inputs.map((input) => asKeras(graph, input));
        const [query, value] = plain as [Value, Value];
        const key: Value = plain[2] ?? value;
        const looksBack = c.call.use_causal_mask === true || c.causal === true;
        const mask = allOf(graph, [
          expanded(graph, value.mask, [1]),
          looksBack ? causal(graph, query, key, 1) : undefined,
        ]);
        const weighted = shares(graph, scoresOf(context, c, query, key), mask);
        const answer = graph.op('MatMul', [weighted, value.name]);
        const kept = expanded(graph, query.mask, [2]);
        const name = kept === undefined ? answer : graph.op('Where', [kept, answer, graph.float(0)]);
        const output: Value = { ...query, name, shape: [...query.shape.slice(0, -1), value.shape.at(-1) ?? null] };
        if (c.call.return_attention_scores !== true) return [output];
        return [output, { ...query, name: weighted, shape: [...query.shape.slice(0, -1), key.shape.at(-2) ?? null] }];
      },
    }),
    mask: (_, _c, inputs) => [inputs[0]?.mask],
  });
}

function checked<T>(className: string, inputs: readonly T[]): [T, T, T?] {
  if (inputs.length === 2 || inputs.length === 3) return inputs as unknown as [T, T, T?];
  throw new FreezeframeError('bad-topology', expected('2 or 3 inputs', className, inputs.length));
}
