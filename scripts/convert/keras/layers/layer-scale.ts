import * as z from 'zod';
import { broadcastDims, renamed } from '#onnx';
import { defineLayer, single, trained } from '../layer.ts';

const config = z.object({ projection_dim: z.number().int().positive() });

export const layerScale = defineLayer<z.output<typeof config>>({
  className: 'LayerScale',
  summary: "A factor per channel: the layer of `keras.applications`' ConvNeXt.",
  config,
  weights: (c) => [trained('gamma', [c.projection_dim], 'ones')],
  emit: ({ graph, weight }, c, inputs) => {
    const x = single(inputs);
    const gamma = weight('gamma', { perm: [0], dims: broadcastDims(x, -1, c.projection_dim) });
    return renamed(x, graph.op('Mul', [x.name, gamma]));
  },
});
