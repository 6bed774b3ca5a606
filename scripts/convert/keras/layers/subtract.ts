import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The difference of two tensors. */
export const subtract = defineLayer({
  className: 'Subtract',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Sub'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
