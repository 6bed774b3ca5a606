import * as z from 'zod';
import { type LayerConfig, type Shape, TensorArgument } from '#keras';
import type { Value } from '#onnx';
import {
  type BoundCall,
  defineLayer,
  type EmitContext,
  emitLayer,
  innerContext,
  innerWeights,
  type ResolvedLayer,
  severalOutputs,
  shapesOf,
} from '../layer.ts';
import { innerLayer } from '../options.ts';
import { reversedTime } from '../recurrent/onnx-recurrent.ts';
import { countingAll, type SequenceConfig } from '../recurrent/recurrent-layer.ts';

const options = z.object({
  layer: innerLayer,
  backward_layer: innerLayer.nullish(),
  merge_mode: z.enum(['concat', 'sum', 'ave', 'mul']).nullable().default('concat'),
});

type Config = z.output<typeof options> & {
  readonly call: BoundCall;
  readonly inner: { readonly forward_layer: ResolvedLayer; readonly backward_layer: ResolvedLayer };
};

export const bidirectional = defineLayer<Config>({
  className: 'Bidirectional',
  summary: 'A recurrent layer over a sequence, and another over the sequence from its end; the answers joined.',
  config: options as unknown as z.ZodType<Config>,
  signature: ['inputs|sequences', 'initial_state'],
  inner: ({ layer, backward_layer }) => ({
    forward_layer: withZeroOutput(layer as LayerConfig),
    backward_layer: withZeroOutput((backward_layer ?? backwardsOf(layer as LayerConfig)) as LayerConfig),
  }),
  weights: (c, inputs) => [
    ...innerWeights('forward_layer', c.inner.forward_layer, inputs),
    ...innerWeights('backward_layer', c.inner.backward_layer, inputs),
  ],
  ...severalOutputs<Config>({
    outputShapes: (c, [sequence = []]) => {
      const [forward, ...states] = shapesOf(c.inner.forward_layer, [sequence]) as [Shape, ...Shape[]];
      const [backward, ...others] = shapesOf(c.inner.backward_layer, [sequence]) as [Shape, ...Shape[]];
      return [...merged(c, forward, backward), ...states, ...others];
    },
    emitAll,
  }),
  mask: (_, c, inputs, outputs) => {
    const { return_sequences } = c.inner.forward_layer.config as SequenceConfig;
    const carry = c.merge_mode === null ? 2 : 1;
    return outputs.map((_, i) => (i < carry && return_sequences ? inputs[0]?.mask : undefined));
  },
});

/** Keras makes both layers answer zeros for steps that a mask leaves out, where they answer sequences. */
function withZeroOutput(layer: LayerConfig): LayerConfig {
  return { ...layer, config: { ...layer.config, zero_output_for_mask: layer.config.return_sequences === true } };
}

function backwardsOf(layer: LayerConfig): LayerConfig {
  return { ...layer, config: { ...layer.config, go_backwards: layer.config.go_backwards !== true } };
}

function merged({ merge_mode }: Config, forward: Shape, backward: Shape): Shape[] {
  if (merge_mode === null) return [forward, backward];
  if (merge_mode !== 'concat') return [forward];
  const [a, b] = [forward.at(-1) ?? null, backward.at(-1) ?? null];
  return [[...forward.slice(0, -1), a === null || b === null ? null : a + b]];
}

function emitAll(context: EmitContext, c: Config, inputs: readonly Value[]): Value[] {
  const { graph } = context;
  const [first, ...rest] = inputs as [Value, ...Value[]];
  const sequence = countingAll(c.call, first);
  const given = statesIn(c.call.initial_state).map((i) => inputs[i] as Value);
  const initial = given.length > 0 ? given : rest;
  const half = initial.length / 2;
  const run = (name: 'forward_layer' | 'backward_layer', own: readonly Value[]) =>
    emitLayer(innerContext(context, name), c.inner[name], [sequence, ...own]) as [Value, ...Value[]];
  const [forward, ...states] = run('forward_layer', initial.slice(0, half));
  const [backward, ...others] = run('backward_layer', initial.slice(half));
  const { return_sequences } = c.inner.forward_layer.config as SequenceConfig;
  const turned = return_sequences ? { ...backward, name: reversedTime(graph, backward.name) } : backward;
  return [...joined(context, c, forward, turned), ...states, ...others];
}

function statesIn(argument: unknown): number[] {
  if (argument instanceof TensorArgument) return [argument.index];
  return Array.isArray(argument) ? argument.flatMap(statesIn) : [];
}

function joined({ graph }: EmitContext, c: Config, a: Value, b: Value): Value[] {
  const shape = merged(c, a.shape, b.shape)[0] as Shape;
  const answer = (name: string): Value[] => [{ ...a, name, shape }];
  switch (c.merge_mode) {
    case 'concat':
      return answer(graph.op('Concat', [a.name, b.name], { axis: a.shape.length - 1 }));
    case 'sum':
      return answer(graph.op('Add', [a.name, b.name]));
    case 'ave':
      return answer(graph.op('Mul', [graph.op('Add', [a.name, b.name]), graph.float(0.5)]));
    case 'mul':
      return answer(graph.op('Mul', [a.name, b.name]));
    default:
      return [a, b];
  }
}
