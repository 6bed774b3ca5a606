import { expected, FreezeframeError } from '@freezeframe/inference';
import { z } from 'zod';
import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';

/** What becomes of the numbers of categories. Earlier names of Keras 2 are read as today's. */
export const outputMode = (fallback: 'int' | 'multi_hot') =>
  z.preprocess(
    (mode) => (mode === 'binary' ? 'multi_hot' : (mode ?? fallback)),
    z.enum(['int', 'one_hot', 'multi_hot', 'count']),
  );

export type OutputMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/** The shape of encoded categories: one_hot drops a last axis of 1, multi_hot and count sum up the last axis. */
export function encodedShape(mode: OutputMode, depth: number, input: Shape): Shape {
  if (mode === 'int') return input;
  if (mode === 'one_hot') return [...(dropsLast(input) ? input.slice(0, -1) : input), depth];
  if (input.length !== 2) {
    const reason = expected('[batch, values]', `the input of ${mode}`, input);
    throw new FreezeframeError('unsupported-layer', reason, { remedy: 'Flatten it first.' });
  }
  return [input[0] ?? null, depth];
}

/** @param indices int64; what is not in 0..depth-1 counts for nothing */
export function encoded(graph: GraphBuilder, mode: OutputMode, depth: number, indices: Value): Value {
  if (mode === 'int') return indices;
  const shape = encodedShape(mode, depth, indices.shape);
  const numbers = graph.ints(Array.from({ length: depth }, (_, i) => i));
  const isLast = mode === 'one_hot' && dropsLast(indices.shape);
  const column = isLast ? indices.name : graph.op('Unsqueeze', [indices.name, graph.ints([-1])]);
  const hot = graph.op('Cast', [graph.op('Equal', [column, numbers])], { to: 1 });
  if (mode === 'one_hot') return { name: hot, shape, datatype: 'float32', layout: 'channels-last' };
  const name = graph.op(mode === 'count' ? 'ReduceSum' : 'ReduceMax', [hot, graph.ints([1])], { keepdims: 0 });
  return { name, shape, datatype: 'float32', layout: 'channels-last' };
}

function dropsLast(shape: Shape): boolean {
  return shape.length > 1 && shape.at(-1) === 1;
}
