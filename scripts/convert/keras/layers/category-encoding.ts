import { z } from 'zod';
import { asKeras } from '#onnx';
import { encoded, encodedShape, outputMode } from '../families/categories.ts';
import { defineLayer, single } from '../layer.ts';
import { cast } from '../operators/operator.ts';

const config = z
  .object({
    num_tokens: z.number().int().positive().optional(),
    // Keras 2.4 and 2.5.
    max_tokens: z.number().int().positive().nullish(),
    output_mode: outputMode('multi_hot'),
  })
  .transform(({ num_tokens, max_tokens, output_mode }) => ({ depth: num_tokens ?? max_tokens ?? 0, output_mode }))
  .refine(({ depth }) => depth > 0, { message: 'num_tokens is not given' });

/** Numbers of categories as vectors of zeros and ones, or counts. */
export const categoryEncoding = defineLayer<z.output<typeof config>>({
  className: 'CategoryEncoding',
  config,
  integers: true,
  outputShape: (c, inputs) => encodedShape(c.output_mode, c.depth, single(inputs)),
  emit: ({ graph }, c, inputs) =>
    encoded(graph, c.output_mode, c.depth, cast(graph, asKeras(graph, single(inputs)), 'int64')),
});
