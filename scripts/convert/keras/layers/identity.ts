import { z } from 'zod';
import { defineLayer, single } from '../layer.ts';

/** Passes on what it is given. */
export const identity = defineLayer({
  className: 'Identity',
  config: z.object({}),
  integers: true,
  mask: 'keep',
  outputShape: (_, inputs) => single(inputs),
  emit: (_context, _config, inputs) => single(inputs),
});
