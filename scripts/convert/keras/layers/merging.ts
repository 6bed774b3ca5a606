import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { defineLayer, type LayerDefinition } from '../layer.ts';

/** The shape of Keras's merge layers: NumPy's broadcasting after axes of size 1 are put behind the batch axis. */
function mergedShape(inputs: readonly Shape[]): Shape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  const aligned = inputs.map((shape) => alignShape(shape, rank));
  return Array.from({ length: rank }, (_, axis) => aligned.map((shape) => shape[axis] ?? null).reduce(mergeSize));
}

/** All inputs in one memory order and of one rank, ready for an elementwise operator. */
function alignInputs(graph: GraphBuilder, inputs: readonly Value[]): Value[] {
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
function mergedMask(graph: GraphBuilder, inputs: readonly Value[]): string | undefined {
  const masks = inputs.map((input) => input.mask);
  if (masks.some((mask) => mask === undefined)) return undefined;
  return (masks as string[]).reduce((a, b) => (a === b ? a : graph.op('Or', [a, b])));
}

/** The fold of an operator over two or more tensors that broadcast, as a value of the merged shape. */
function foldInputs(graph: GraphBuilder, inputs: readonly Value[], type: string): Value {
  const terms = alignInputs(graph, inputs);
  const name = terms.map((term) => term.name).reduce((all, term) => graph.op(type, [all, term]));
  return { ...(terms[0] as Value), name, shape: mergedShape(inputs.map((input) => input.shape)) };
}

function folding(className: string, type: string, summary: string): LayerDefinition {
  return defineLayer({
    className,
    summary,
    config: z.object({}),
    outputShape: (_, inputs) => mergedShape(inputs),
    emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, type),
    mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
  });
}

const scaleConfig = z.object({ scale: z.number() });

/** Layers that make one tensor of several, element by element. */
export const MERGING_LAYERS: readonly LayerDefinition[] = [
  folding('Add', 'Add', 'The sum of two or more tensors.'),
  {
    ...folding('Average', 'Add', 'The mean of two or more tensors.'),
    emit: ({ graph }, _, inputs) => {
      const sum = foldInputs(graph, inputs, 'Add');
      return { ...sum, name: graph.op('Div', [sum.name, graph.float(inputs.length)]) };
    },
  },
  defineLayer<z.output<typeof scaleConfig>>({
    className: 'CustomScaleLayer',
    summary: "The first tensor and a share of the second: the layer of `keras.applications`' InceptionResNetV2.",
    config: scaleConfig,
    outputShape: (_, inputs) => mergedShape(inputs),
    emit: ({ graph }, { scale }, inputs) => {
      const [first, second] = alignInputs(graph, inputs);
      if (!first || !second) return foldInputs(graph, inputs, 'Add');
      return foldInputs(graph, [first, { ...second, name: graph.op('Mul', [second.name, graph.float(scale)]) }], 'Add');
    },
  }),
  folding('Maximum', 'Max', 'The largest of two or more tensors, element by element.'),
  folding('Minimum', 'Min', 'The smallest of two or more tensors, element by element.'),
  folding('Multiply', 'Mul', 'The product of two or more tensors, element by element.'),
  folding('Subtract', 'Sub', 'The difference of two tensors.'),
];
