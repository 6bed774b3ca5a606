import { z } from 'zod';
import { number } from '../config.ts';
import type { GraphBuilder, Value } from '../graph.ts';
import { defineLayer, single } from '../layer.ts';
import { broadcastDims, renamed } from '../layout.ts';

const factor = z.union([number, z.array(number).min(1)]);
const config = z.object({ scale: factor, offset: factor.default(0) });

/** x * scale + offset; a list holds one number per channel (the last axis). */
export const rescaling = defineLayer<z.output<typeof config>>({
  className: 'Rescaling',
  config,
  outputShape: (_, inputs) => single(inputs),
  emit: ({ graph }, c, inputs) => {
    const x = single(inputs);
    const scaled = graph.op('Mul', [x.name, constant(graph, x, c.scale)]);
    return renamed(x, graph.op('Add', [scaled, constant(graph, x, c.offset)]));
  },
  training: {
    backward: ({ graph }, c, { inputs }, gradient) => {
      const scaled = graph.op('Mul', [gradient.name, constant(graph, single(inputs), c.scale)]);
      return { inputs: [renamed(gradient, scaled)], weights: {} };
    },
  },
});

function constant(graph: GraphBuilder, x: Value, factor: number | number[]): string {
  return typeof factor === 'number' ? graph.float(factor) : graph.float(factor, broadcastDims(x, -1, factor.length));
}
