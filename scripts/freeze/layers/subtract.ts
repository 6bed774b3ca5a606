import { z } from 'zod';
import { defineLayer } from '../layer.ts';
import { foldInputs, mergedMask, mergedShape } from '../merge.ts';

/** The difference of two tensors. */
export const subtract = defineLayer({
  className: 'Subtract',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Sub'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
