import { z } from 'zod';
import { activate, activation } from '../activations/index.ts';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ activation });

/** An activation function as a layer of its own. */
export const activationLayer = defineLayer<z.output<typeof config>>({
  className: 'Activation',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, c, inputs) => activate(graph, single(inputs), c.activation),
});
