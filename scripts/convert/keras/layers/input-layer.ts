import * as z from 'zod';
import { defineLayer, single } from '../layer.ts';

const shape = z.array(z.number().int().positive().nullable());

export const inputLayer = defineLayer({
  className: 'InputLayer',
  summary: 'Where a tensor enters the model. Inside a nested model it passes on what it is given.',
  keeps: () => 'numbers',
  mask: 'keep',
  integers: true,
  config: z.object({ batch_shape: shape.nullish(), batch_input_shape: shape.nullish() }),
  emit: (_context, _config, inputs) => single(inputs),
});
