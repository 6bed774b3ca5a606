import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The mean of two or more tensors. */
export const average = defineLayer({
  className: 'Average',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => {
    const sum = foldInputs(graph, inputs, 'Add');
    return { ...sum, name: graph.op('Div', [sum.name, graph.float(inputs.length)]) };
  },
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
