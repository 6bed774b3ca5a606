import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The smallest of two or more tensors, element by element. */
export const minimum = defineLayer({
  className: 'Minimum',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Min'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
