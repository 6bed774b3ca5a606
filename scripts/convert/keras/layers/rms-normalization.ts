import { z } from 'zod';
import { asKeras, renamed } from '#onnx';
import { axes, magnitude, sizesOf, sortedAxes } from '../families/normalization.ts';
import { defineLayer, single } from '../layer.ts';

const config = z.object({ axis: axes.prefault(-1), epsilon: z.number().default(1e-6) });

/** Each sample divided by the root of its mean square over some axes. */
export const rmsNormalization = defineLayer<z.output<typeof config>>({
  className: 'RMSNormalization',
  config,
  weights: (c, inputs) => [
    { name: 'scale', shape: sizesOf(single(inputs), c.axis), trainable: true, initializer: 'ones' },
  ],
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph, weight }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const root = magnitude(graph, x.name, sortedAxes(c.axis, x.shape.length), c.epsilon);
    // Keras lets the weight meet the last axes, whichever were normalised.
    return renamed(x, graph.op('Mul', [graph.op('Div', [x.name, root]), weight('scale')]));
  },
});
