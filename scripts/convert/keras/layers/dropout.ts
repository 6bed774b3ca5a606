import { z } from 'zod';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ rate: z.number().min(0).max(1) });

/** Random zeros while training; nothing at all in a frozen model. */
export const dropout = defineLayer<z.output<typeof config>>({
  className: 'Dropout',
  mask: 'keep',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: (_context, _config, inputs) => single(inputs),
  trainingOnly: true,
});
