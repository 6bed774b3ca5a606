import { expected, FreezeframeError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Shape } from '#keras';
import { asKeras, type GraphBuilder, type Value } from '#onnx';
import { defineLayer, type LayerDefinition, ofItsTime, type Written } from '../layer.ts';

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

/**
 * Keras from 3.4 on: a step that is there in one is there, and no mask where one input has none. Keras 2: a step must be there
 * in each input that has a mask. Keras 3.0 to 3.3 look for a mask of the list of inputs, which has none.
 */
function mergedMask(graph: GraphBuilder, { writer }: Written, inputs: readonly Value[]): string | undefined {
  const masks = inputs.flatMap(({ mask }) => mask ?? []);
  if (masks.length === 0 || (writer !== 'keras-2' && masks.length < inputs.length)) return undefined;
  return joinMasks(graph, { writer }, masks);
}

export function joinMasks(graph: GraphBuilder, { writer }: Written, masks: readonly string[]): string | undefined {
  if (writer === 'keras-3.0') return undefined;
  return masks.reduce((a, b) => (a === b ? a : graph.op(writer === 'keras-2' ? 'And' : 'Or', [a, b])));
}

/** The fold of an operator over two or more tensors that broadcast, as a value of the merged shape. */
function foldInputs(graph: GraphBuilder, inputs: readonly Value[], type: string): Value {
  const terms = alignInputs(graph, inputs);
  const name = terms.map((term) => term.name).reduce((all, term) => graph.op(type, [all, term]));
  return { ...(terms[0] as Value), name, shape: mergedShape(inputs.map((input) => input.shape)) };
}

function folding(className: string, type: string, summary: string): LayerDefinition {
  return defineLayer<Written>({
    className,
    summary,
    ...ofItsTime(z.object({})),
    outputShape: (_, inputs) => mergedShape(inputs),
    emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, type),
    mask: ({ graph }, c, inputs) => [mergedMask(graph, c, inputs)],
  });
}

/**
 * A fold to which a step that a mask leaves out does not count, as Keras has it since 3.4. Before, and in Keras 2, it counts.
 * @param steps what each input is to the fold, where some have masks
 */
function counting(
  className: string,
  type: string,
  summary: string,
  steps: (graph: GraphBuilder, inputs: readonly Value[]) => Value,
): LayerDefinition {
  return defineLayer<Written>({
    ...(folding(className, type, summary) as LayerDefinition<Written>),
    emit: ({ graph }, c, inputs) => {
      // What is given axes to reach the others' rank loses its mask in Keras, and masks are of sequences alone.
      const sequences = inputs.every(({ shape }) => shape.length === 3);
      if (c.writer !== 'keras-3.4' || !sequences || inputs.every(({ mask }) => mask === undefined))
        return foldInputs(graph, inputs, type);
      const plain = inputs.map((input) => asKeras(graph, input));
      const { name } = steps(graph, plain);
      return { ...(plain[0] as Value), name, shape: mergedShape(inputs.map(({ shape }) => shape)) };
    },
  });
}

/** A mask of steps, beside the features of each. */
function besideFeatures(graph: GraphBuilder, mask: string): string {
  return graph.op('Unsqueeze', [mask, graph.ints([2])]);
}

/** What is left out is 1, and 0 where all are left out. */
function product(graph: GraphBuilder, inputs: readonly Value[]): Value {
  const factors = inputs.map((input) => {
    if (input.mask === undefined) return input;
    return { ...input, name: graph.op('Where', [besideFeatures(graph, input.mask), input.name, graph.float(1)]) };
  });
  const all = foldInputs(graph, factors, 'Mul');
  const mask = mergedMask(graph, { writer: 'keras-3.4' }, inputs);
  if (mask === undefined) return all;
  return { ...all, name: graph.op('Where', [besideFeatures(graph, mask), all.name, graph.float(0)]) };
}

/** What is left out is what the others are; a tensor without a mask ends that of those before it. */
function extreme(type: 'Max' | 'Min') {
  return (graph: GraphBuilder, [first, ...others]: readonly Value[]): Value => {
    let { name, mask } = first as Value;
    for (const other of others) {
      const left = name;
      const x =
        other.mask === undefined
          ? other.name
          : graph.op('Where', [besideFeatures(graph, other.mask), other.name, left]);
      if (mask !== undefined) name = graph.op('Where', [besideFeatures(graph, mask), left, x]);
      mask = mask === undefined || other.mask === undefined ? undefined : graph.op('Or', [mask, other.mask]);
      name = graph.op(type, [name, x]);
    }
    return { ...(first as Value), name };
  };
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
  counting('Maximum', 'Max', 'The largest of two or more tensors, element by element.', extreme('Max')),
  counting('Minimum', 'Min', 'The smallest of two or more tensors, element by element.', extreme('Min')),
  counting('Multiply', 'Mul', 'The product of two or more tensors, element by element.', product),
  folding('Subtract', 'Sub', 'The difference of two tensors.'),
];
