import type { GraphBuilder, Value } from '#onnx';
import { renamed } from '#onnx';

/** Options of an activation that was given as a layer or an object (`negative_slope`, `max_value`...). */
export type ActivationOptions = Readonly<Record<string, unknown>>;

/** One activation function: its name in Keras and how it is written in ONNX. Shape and memory order stay. */
export interface ActivationDefinition {
  /** Keras's name, and other names for the same function. */
  readonly names: readonly [string, ...string[]];
  emit(graph: GraphBuilder, x: Value): Value;
  /** Left out where it cannot be trained. Gradient of the input, from that of the output. All are names of values of one shape and memory order. */
  gradient?(graph: GraphBuilder, pass: ActivationPass, gradient: string): string;
}

/** What an activation was given and what it answered. */
export interface ActivationPass {
  readonly input: string;
  readonly output: string;
  /** Where Keras's last axis lies in memory. */
  readonly lastAxis: number;
}

/** An activation that is one operator of ONNX. */
export function operator(
  type: string,
  attributes: Parameters<GraphBuilder['op']>[2] = {},
): ActivationDefinition['emit'] {
  return (graph, x) => renamed(x, graph.op(type, [x.name], attributes));
}
