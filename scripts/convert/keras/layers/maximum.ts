import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The largest of two or more tensors, element by element. */
export const maximum = defineLayer({
  className: 'Maximum',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Max'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
