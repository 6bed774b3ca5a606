import * as z from 'zod';
import { defineLayer, single } from '../layer.ts';

export const identity = defineLayer({
  className: 'Identity',
  summary: 'Passes on what it is given.',
  keeps: () => 'numbers',
  config: z.object({}),
  integers: true,
  mask: 'keep',
  emit: (_context, _config, inputs) => single(inputs),
});
