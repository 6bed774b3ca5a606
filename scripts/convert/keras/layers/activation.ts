import { z } from 'zod';
import { activate, activatedShape, activation } from '../activations/index.ts';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ activation });

/** An activation function as a layer of its own. */
export const activationLayer = defineLayer<z.output<typeof config>>({
  className: 'Activation',
  mask: 'keep',
  config,
  outputShape: (c, inputs) => activatedShape(single(inputs), c.activation),
  emit: ({ graph }, c, inputs) => activate(graph, single(inputs), c.activation),
});
