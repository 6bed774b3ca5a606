import { z } from 'zod';
import type { Value } from '../graph.ts';
import { defineLayer } from '../layer.ts';
import { alignInputs, mergedShape, unmerged } from '../merge.ts';

/** The sum of two or more tensors. */
export const add = defineLayer({
  className: 'Add',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => {
    const terms = alignInputs(graph, inputs);
    const name = terms.map((term) => term.name).reduce((sum, term) => graph.op('Add', [sum, term]));
    return { ...(terms[0] as Value), name, shape: mergedShape(inputs.map((input) => input.shape)) };
  },
  training: {
    backward: ({ graph }, _, { inputs }, gradient) => ({
      inputs: inputs.map((input) => unmerged(graph, gradient, input)),
      weights: {},
    }),
  },
});
