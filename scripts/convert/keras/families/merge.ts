import { expected, FreezeframeError } from '@freezeframe/inference';
import type { Shape } from '#keras';
import type { GraphBuilder, Value } from '#onnx';
import { asKeras } from '#onnx';

/** The shape of Keras's merge layers: NumPy's broadcasting after axes of size 1 are put behind the batch axis. */
export function mergedShape(inputs: readonly Shape[]): Shape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  const aligned = inputs.map((shape) => alignShape(shape, rank));
  return Array.from({ length: rank }, (_, axis) => aligned.map((shape) => shape[axis] ?? null).reduce(mergeSize));
}

/** All inputs in one memory order and of one rank, ready for an elementwise operator. */
export function alignInputs(graph: GraphBuilder, inputs: readonly Value[]): Value[] {
  const rank = Math.max(...inputs.map((value) => value.shape.length));
  if (inputs.every((value) => value.shape.length === rank)) return sameLayout(graph, inputs);
  return inputs.map((value) => {
    const keras = asKeras(graph, value);
    const missing = rank - value.shape.length;
    if (missing === 0) return keras;
    const axes = graph.ints(Array.from({ length: missing }, (_, i) => i + 1));
    return { ...keras, name: graph.op('Unsqueeze', [keras.name, axes]), shape: alignShape(value.shape, rank) };
  });
}

/** All inputs in the memory order of the first. */
export function sameLayout(graph: GraphBuilder, inputs: readonly Value[]): Value[] {
  const layout = inputs[0]?.layout ?? 'channels-last';
  return inputs.map((value) => graph.toLayout(value, layout));
}

/** The shape with axes of size 1 behind the batch axis, up to this rank. */
export function alignShape(shape: Shape, rank: number): Shape {
  return [shape[0] ?? null, ...Array.from({ length: rank - shape.length }, () => 1), ...shape.slice(1)];
}

function mergeSize(a: number | null, b: number | null): number | null {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  if (a === null || b === null) return a ?? b;
  throw new FreezeframeError('bad-topology', expected(`a size of ${a} or 1`, 'an axis of a merge layer', b));
}

/** Keras's rule for merge layers: a step that is there in one is there; no mask where one input has none. */
export function mergedMask(graph: GraphBuilder, inputs: readonly Value[]): string | undefined {
  const masks = inputs.map((input) => input.mask);
  if (masks.some((mask) => mask === undefined)) return undefined;
  return (masks as string[]).reduce((a, b) => (a === b ? a : graph.op('Or', [a, b])));
}

/** The fold of an operator over two or more tensors that broadcast, as a value of the merged shape. */
export function foldInputs(graph: GraphBuilder, inputs: readonly Value[], type: string): Value {
  const terms = alignInputs(graph, inputs);
  const name = terms.map((term) => term.name).reduce((all, term) => graph.op(type, [all, term]));
  return { ...(terms[0] as Value), name, shape: mergedShape(inputs.map((input) => input.shape)) };
}
