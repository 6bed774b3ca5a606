import { z } from 'zod';
import { asKeras, DATATYPE_NUMBERS } from '#onnx';
import { encoded, encodedShape, outputMode } from '../families/categories.ts';
import { defineLayer, single } from '../layer.ts';
import { cast } from '../operators/operator.ts';

const missing = 'its boundaries are not in the config: adapt the layer, or give it bin_boundaries, and save again';
const config = z
  .object({
    bin_boundaries: z.array(z.number(), { error: missing }).min(1),
    output_mode: outputMode('int'),
    sparse: z.literal(false).nullish(),
  })
  .transform((c) => ({ ...c, depth: c.bin_boundaries.length + 1 }));

/** The number of the bin that each value lies in: how many boundaries are not above it. */
export const discretization = defineLayer<z.output<typeof config>>({
  className: 'Discretization',
  config,
  outputShape: (c, inputs) => encodedShape(c.output_mode, c.depth, single(inputs)),
  emit: ({ graph }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const column = graph.op('Unsqueeze', [x.name, graph.ints([-1])]);
    const above = graph.op('GreaterOrEqual', [column, graph.float(c.bin_boundaries)]);
    const ones = graph.op('Cast', [above], { to: DATATYPE_NUMBERS.int64 });
    const name = graph.op('ReduceSum', [ones, graph.ints([-1])], { keepdims: 0 });
    const bins = encoded(graph, c.output_mode, c.depth, { ...x, name, datatype: 'int64' });
    return c.output_mode === 'int' ? cast(graph, bins, 'int32') : bins;
  },
});
