import * as z from 'zod';
import type { Shape, WeightSpec } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { activation } from '../activations/index.ts';
import { type EmitContext, trained } from '../layer.ts';
import { flag, initializer } from '../options.ts';

/** One step of a recurrent layer. */
export interface Cell<C = unknown> {
  /** Keras's class of the cell, and of the layer that runs it. */
  readonly className: string;
  readonly layerName: string;
  readonly config: z.ZodType<C>;
  /** @param step shape of one step's input, batch first */
  weights(config: C, step: Shape): readonly WeightSpec[];
  /** Shapes of the states, batch first. The first is the shape of the output too. */
  states(config: C, step: Shape): readonly Shape[];
  /** @returns the output and the next states, values' names */
  step(context: EmitContext, config: C, x: Value, states: readonly string[]): { output: string; states: string[] };
}

/** Options that SimpleRNN, LSTM and GRU share. */
export const gateOptions = {
  units: z.number().int().positive(),
  use_bias: flag(true),
  kernel_initializer: initializer('glorot_uniform'),
  recurrent_initializer: initializer('orthogonal'),
  bias_initializer: initializer('zeros'),
};

/** An activation that is tanh where the config says nothing. */
export function activationOr(name: string) {
  return z.preprocess((value) => (value === undefined ? name : value), activation);
}

type GateConfig = z.output<z.ZodObject<typeof gateOptions>>;

/** Kernel, recurrent kernel and bias with all gates side by side. */
export function gateWeights(c: GateConfig, inputs: number, gates: number, bias: readonly number[]): WeightSpec[] {
  const weights: WeightSpec[] = [
    trained('kernel', [inputs, gates * c.units], c.kernel_initializer),
    trained('recurrent_kernel', [c.units, gates * c.units], c.recurrent_initializer),
  ];
  if (c.use_bias) weights.push(trained('bias', bias, c.bias_initializer));
  return weights;
}

/** The gates of a product, one by one. */
export function gatesOf(graph: GraphBuilder, joined: string, gates: number, units: number): string[] {
  return graph.ops('Split', [joined, graph.ints(Array.from({ length: gates }, () => units))], gates, { axis: -1 });
}

export function sum(graph: GraphBuilder, ...terms: readonly (string | undefined)[]): string {
  return terms.filter((term) => term !== undefined).reduce((a, b) => graph.op('Add', [a, b]));
}
