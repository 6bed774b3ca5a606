import type { Shape } from '#keras';
import { type GraphBuilder, renamed, type Value } from '#onnx';

/** One activation function, with its options where it has any. The memory order stays. */
export interface Activation {
  /** Keras's name. */
  readonly name: string;
  /** Other names for the same function. */
  readonly aliases?: readonly string[];
  emit(graph: GraphBuilder, x: Value): Value;
  /** Left out where the shape stays. */
  outputShape?(shape: Shape): Shape;
}

/** An activation that is one operator of ONNX. */
export function operator(type: string, attributes: Parameters<GraphBuilder['op']>[2] = {}): Activation['emit'] {
  return (graph, x) => renamed(x, graph.op(type, [x.name], attributes));
}
