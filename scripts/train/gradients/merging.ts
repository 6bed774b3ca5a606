import { alignShape } from '#convert';
import { asKeras, fixed, type GraphBuilder, memoryAxis, type Value } from '#onnx';
import { defineRule } from './rule.ts';

export const MERGING = {
  Add: defineRule({
    backward: ({ graph }, _, { inputs }, gradient) => ({
      inputs: inputs.map((input) => unmerged(graph, gradient, input)),
      weights: {},
    }),
  }),
  Concatenate: defineRule<{ readonly axis: number }>({
    backward: ({ graph }, c, { inputs }, gradient) => {
      const sizes = graph.ints(inputs.map((input) => fixed(input.shape, c.axis)));
      const parts = graph.ops('Split', [gradient.name, sizes], inputs.length, { axis: memoryAxis(gradient, c.axis) });
      const back = inputs.map((input, i) =>
        graph.toLayout({ ...input, name: parts[i] as string, layout: gradient.layout }, input.layout),
      );
      return { inputs: back, weights: {} };
    },
  }),
};

/** A gradient of the merged value as a gradient of one input: summed over the axes along which that was repeated. */
function unmerged(graph: GraphBuilder, gradient: Value, input: Value): Value {
  const rank = gradient.shape.length;
  const aligned = alignShape(input.shape, rank);
  const repeated = aligned.flatMap((size, axis) => (size === 1 && gradient.shape[axis] !== 1 ? [axis] : []));
  if (repeated.length === 0 && input.shape.length === rank) return graph.toLayout(gradient, input.layout);
  const keras = asKeras(graph, gradient);
  const summed =
    repeated.length > 0 ? graph.op('ReduceSum', [keras.name, graph.ints(repeated)], { keepdims: 1 }) : keras.name;
  const missing = Array.from({ length: rank - input.shape.length }, (_, i) => i + 1);
  const name = missing.length > 0 ? graph.op('Squeeze', [summed, graph.ints(missing)]) : summed;
  return graph.toLayout({ ...input, name, layout: 'channels-last' }, input.layout);
}
