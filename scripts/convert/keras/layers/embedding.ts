import * as z from 'zod';
import { asKeras, DATATYPE_NUMBERS } from '#onnx';
import { defineLayer, single, trained } from '../layer.ts';
import { flag, initializer } from '../options.ts';

const config = z.object({
  input_dim: z.number().int().positive(),
  output_dim: z.number().int().positive(),
  mask_zero: flag(false),
  embeddings_initializer: initializer('uniform'),
});

export const embedding = defineLayer<z.output<typeof config>>({
  className: 'Embedding',
  summary: 'A row of a table for each index. Floats are cut to whole numbers, as Keras does.',
  vocabulary: (c) => c.input_dim,
  config,
  integers: true,
  quantizes: true,
  weights: (c) => [trained('embeddings', [c.input_dim, c.output_dim], c.embeddings_initializer)],
  outputShape: (c, inputs) => [...single(inputs), c.output_dim],
  emit: ({ graph, weight }, c, inputs) => {
    const x = asKeras(graph, single(inputs));
    const whole = x.datatype === 'int32' || x.datatype === 'int64';
    const indices = whole ? x.name : graph.op('Cast', [x.name], { to: DATATYPE_NUMBERS.int32 });
    const name = graph.op('Gather', [weight('embeddings'), indices], { axis: 0 });
    return { ...x, name, shape: [...x.shape, c.output_dim], datatype: 'float32' };
  },
  mask: ({ graph }, c, inputs) => {
    if (!c.mask_zero) return [];
    const x = asKeras(graph, single(inputs));
    return [graph.op('Cast', [x.name], { to: DATATYPE_NUMBERS.bool })];
  },
});
