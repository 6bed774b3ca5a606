import { z } from 'zod';
import { foldInputs, mergedMask, mergedShape } from '../families/merge.ts';
import { defineLayer } from '../layer.ts';

/** The product of two or more tensors, element by element. */
export const multiply = defineLayer({
  className: 'Multiply',
  config: z.object({}),
  outputShape: (_, inputs) => mergedShape(inputs),
  emit: ({ graph }, _, inputs) => foldInputs(graph, inputs, 'Mul'),
  mask: ({ graph }, _, inputs) => [mergedMask(graph, inputs)],
});
