import * as z from 'zod';
import { activation } from '../activations/index.ts';
import { activated, single } from '../layer.ts';

const config = z.object({ activation });

export const activationLayer = activated<z.output<typeof config>>({
  className: 'Activation',
  summary: 'An activation function as a layer of its own.',
  keeps: (c) => (c.activation.name === 'linear' ? 'numbers' : undefined),
  mask: 'keep',
  config,
  emit: (_context, _config, inputs) => single(inputs),
});
