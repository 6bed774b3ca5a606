import * as z from 'zod';
import { columns } from '../../tensors/rows.ts';

// https://www.tensorflow.org/tfx/serving/api_rest

const signature = z
  .string()
  .max(100)
  .optional()
  .describe(
    'all_outputs answers every output of a model that has more than its labels need; any other name means serving_default.',
  );

const known = z
  .array(z.boolean())
  .optional()
  .describe('Whether each row shows one of the labels; only of a model that can tell.');

/** Rows in `instances`, or whole tensors in `inputs`; one of the two. */
export const predictRequest = z
  .object({
    signature_name: signature,
    instances: z
      .array(z.unknown())
      .min(1)
      .optional()
      .describe('One entry for each row: a value, an object of inputs by name, or {"b64": "..."} for a picture.'),
    inputs: columns.optional().describe('Whole tensors: by name, or the one input alone.'),
  })
  .refine(({ instances, inputs }) => (instances === undefined) !== (inputs === undefined), {
    message: 'expected either instances or inputs',
  })
  .meta({ id: 'PredictRequest', oneOf: [{ required: ['instances'] }, { required: ['inputs'] }] });

export const predictResponse = z.union([
  z.object({ predictions: z.array(z.unknown()), known }),
  z.object({ outputs: z.unknown(), known }),
]);

const features = z.record(z.string(), z.unknown());

export const classifyRequest = z
  .object({
    signature_name: signature,
    context: features.optional().describe('Features that all examples share.'),
    examples: z.array(features).min(1).describe('A picture as {"image": {"b64": "..."}}, or features by name.'),
  })
  .meta({ id: 'ExamplesRequest' });

export const classifyResponse = z.object({
  results: z
    .array(z.array(z.array(z.union([z.string(), z.number()])).length(2)))
    .describe('Of each example, [label, score] of all labels, best first.'),
  known,
});

export const statusResponse = z.object({
  model_version_status: z.array(
    z.object({
      version: z.string(),
      state: z.string(),
      status: z.object({ error_code: z.string(), error_message: z.string() }),
    }),
  ),
});

export const metadataResponse = z.object({
  model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
  metadata: z.object({
    signature_def: z.object({ signature_def: z.record(z.string(), z.unknown()) }),
  }),
});
