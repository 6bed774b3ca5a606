import * as z from 'zod/mini';
import { once } from '../../../shared/runtime/once.ts';
import { recordList } from '../../../shared/validate.ts';
import { columns } from '../../tensors/rows.ts';

// https://www.tensorflow.org/tfx/serving/api_rest

const signature = once(() =>
  z
    .optional(z.string().check(z.maxLength(100)))
    .check(
      z.describe(
        'all_outputs answers every output of a model that has more than its labels need; any other name means serving_default.',
      ),
    ),
);

const known = once(() =>
  z
    .optional(z.array(z.boolean()))
    .check(z.describe('Whether each row shows one of the labels; only of a model that can tell.')),
);

/** Rows in `instances`, or whole tensors in `inputs`; one of the two. */
export const predictRequest = once(() =>
  z
    .object({
      signature_name: signature(),
      instances: z
        .optional(z.array(z.unknown()).check(z.minLength(1)))
        .check(
          z.describe('One entry for each row: a value, an object of inputs by name, or {"b64": "..."} for a picture.'),
        ),
      inputs: z.optional(columns()).check(z.describe('Whole tensors: by name, or the one input alone.')),
    })
    .check(
      z.refine(({ instances, inputs }) => (instances === undefined) !== (inputs === undefined), {
        message: 'expected either instances or inputs',
      }),
      z.meta({ id: 'PredictRequest', oneOf: [{ required: ['instances'] }, { required: ['inputs'] }] }),
    ),
);

export const predictResponse = once(() =>
  z.union([
    z.object({ predictions: z.array(z.unknown()), known: known() }),
    z.object({ outputs: z.unknown(), known: known() }),
  ]),
);

const features = once(() => z.record(z.string(), z.unknown()));

export const classifyRequest = once(() =>
  z
    .object({
      signature_name: signature(),
      context: z.optional(features()).check(z.describe('Features that all examples share.')),
      examples: recordList().check(z.describe('A picture as {"image": {"b64": "..."}}, or features by name.')),
    })
    .check(z.meta({ id: 'ExamplesRequest' })),
);

export const classifyResponse = once(() =>
  z.object({
    results: z
      .array(z.array(z.array(z.union([z.string(), z.number()])).check(z.length(2))))
      .check(z.describe('Of each example, [label, score] of all labels, best first.')),
    known: known(),
  }),
);

export const statusResponse = once(() =>
  z.object({
    model_version_status: z.array(
      z.object({
        version: z.string(),
        state: z.string(),
        status: z.object({ error_code: z.string(), error_message: z.string() }),
      }),
    ),
  }),
);

export const metadataResponse = once(() =>
  z.object({
    model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
    metadata: z.object({
      signature_def: z.object({ signature_def: z.record(z.string(), z.unknown()) }),
    }),
  }),
);
