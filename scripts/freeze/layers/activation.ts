import { z } from 'zod';
import { activate, activation, activationGradient } from '../activations/index.ts';
import type { Shape } from '../keras-model.ts';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ activation });

/** An activation function as a layer of its own. */
export const activationLayer = defineLayer<z.output<typeof config>>({
  className: 'Activation',
  mask: 'keep',
  config,
  outputShape: (c, inputs) => (c.activation === 'glu' ? halved(single(inputs)) : single(inputs)),
  emit: ({ graph }, c, inputs) => activate(graph, single(inputs), c.activation),
  training: {
    backward: ({ graph }, c, { inputs, output }, gradient) => {
      const pass = { input: single(inputs).name, output };
      return { inputs: [activationGradient(graph, c.activation, pass, gradient)], weights: {} };
    },
  },
});

/** A gate is made of one half of the features. */
function halved(shape: Shape): Shape {
  const last = shape.at(-1);
  return [...shape.slice(0, -1), typeof last === 'number' ? last / 2 : null];
}
