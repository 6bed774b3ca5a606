import type { GraphBuilder, Value } from '#onnx';
import { renamed } from '#onnx';

/** Options of an activation that was given as a layer or an object (`negative_slope`, `max_value`...). */
export type ActivationOptions = Readonly<Record<string, unknown>>;

/** One activation function: its name in Keras and how it is written in ONNX. Shape and memory order stay. */
export interface ActivationDefinition {
  /** Keras's name, and other names for the same function. */
  readonly names: readonly [string, ...string[]];
  emit(graph: GraphBuilder, x: Value): Value;
}

/** An activation that is one operator of ONNX. */
export function operator(
  type: string,
  attributes: Parameters<GraphBuilder['op']>[2] = {},
): ActivationDefinition['emit'] {
  return (graph, x) => renamed(x, graph.op(type, [x.name], attributes));
}
