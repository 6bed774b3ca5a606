import { DATATYPES } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { once } from '../../../shared/runtime/once.ts';

// github.com/kserve/open-inference-protocol, with Triton's binary tensor data and classification extensions
// (github.com/triton-inference-server/server/tree/main/docs/protocol).

const parameters = once(() => z.optional(z.record(z.string(), z.unknown())));

const shape = once(() => z.array(z.int().check(z.minimum(1))).check(z.minLength(1), z.maxLength(8)));

const inferInput = once(() =>
  z
    .object({
      name: z.string(),
      shape: shape(),
      datatype: z.enum([...DATATYPES, 'BYTES']).check(z.describe('BYTES holds encoded pictures, in JSON as base64.')),
      parameters: z
        .optional(z.looseObject({ binary_data_size: z.optional(z.int().check(z.minimum(0))) }))
        .check(z.describe('binary_data_size: bytes of this tensor behind the JSON, in place of data.')),
      // Walked once, together with the conversion: a schema over millions of numbers costs more than the run.
      data: z
        .optional(
          z.custom<readonly unknown[]>((value) => value === undefined || Array.isArray(value), 'expected a list'),
        )
        .check(z.meta({ type: 'array', description: 'Flat, or nested as deep as the shape.' })),
    })
    .check(z.meta({ id: 'InferInput' })),
);

export const inferRequest = once(() =>
  z
    .object({
      id: z.optional(z.string().check(z.maxLength(1000))),
      parameters: z.optional(z.looseObject({ binary_data_output: z.optional(z.boolean()) })),
      inputs: z.array(inferInput()).check(z.minLength(1), z.maxLength(64)),
      outputs: z.optional(
        z
          .array(
            z.object({
              name: z.string(),
              parameters: z
                .optional(
                  z.looseObject({
                    binary_data: z.optional(z.boolean()),
                    classification: z.optional(z.int().check(z.minimum(0), z.maximum(1_000_000))),
                  }),
                )
                .check(z.describe('classification: so many best classes, as "value:index:label".')),
            }),
          )
          .check(z.maxLength(64)),
      ),
    })
    .check(z.meta({ id: 'InferRequest' })),
);

/** The same with tensors as bytes behind it. */
export const inferBytes = once(() => z.any().check(z.meta({ type: 'string', format: 'binary' })));

export type OipRequest = z.output<ReturnType<typeof inferRequest>>;
export type OipInput = z.output<ReturnType<typeof inferInput>>;

export const inferResponse = once(() =>
  z
    .object({
      model_name: z.string(),
      model_version: z.string(),
      id: z.optional(z.string()),
      parameters: z
        .optional(
          z.object({
            known: z.boolean().check(z.describe('Whether every row shows one of the labels.')),
            unknown_rows: z.optional(z.string()).check(z.describe('The rows that show none, from 0: "1,3".')),
          }),
        )
        .check(z.describe('Only of a model that can tell what is none of its labels.')),
      outputs: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int()),
          datatype: z.string(),
          parameters: parameters(),
          data: z.optional(z.array(z.unknown())),
        }),
      ),
    })
    .check(z.meta({ id: 'InferResponse' })),
);

const tensorMetadata = once(() =>
  z.object({
    name: z.string(),
    datatype: z.string(),
    shape: z.array(z.int()).check(z.describe('-1 is a free axis.')),
  }),
);

export const modelMetadata = once(() =>
  z
    .object({
      name: z.string(),
      versions: z.array(z.string()),
      platform: z.string(),
      inputs: z.array(tensorMetadata()),
      outputs: z.array(tensorMetadata()),
    })
    .check(z.meta({ id: 'ModelMetadata' })),
);

export const serverMetadata = once(() =>
  z.object({
    name: z.string(),
    version: z.string(),
    extensions: z.array(z.string()),
  }),
);
