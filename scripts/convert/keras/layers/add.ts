import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The sum of two or more tensors. */
export const add = defineLayer({
  className: 'Add',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Add'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
