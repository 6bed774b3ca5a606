import { DATATYPES } from '@freezeframe/inference';
import * as z from 'zod';

// github.com/kserve/open-inference-protocol, with Triton's binary tensor data and classification extensions
// (github.com/triton-inference-server/server/tree/main/docs/protocol).

const parameters = z.record(z.string(), z.unknown()).optional();

const shape = z.array(z.int().min(1)).min(1).max(8);

const inferInput = z
  .object({
    name: z.string(),
    shape,
    datatype: z.enum([...DATATYPES, 'BYTES']).describe('BYTES holds encoded pictures, in JSON as base64.'),
    parameters: z
      .looseObject({ binary_data_size: z.int().min(0).optional() })
      .optional()
      .describe('binary_data_size: bytes of this tensor behind the JSON, in place of data.'),
    // Walked once, together with the conversion: a schema over millions of numbers costs more than the run.
    data: z
      .custom<readonly unknown[]>((value) => value === undefined || Array.isArray(value), 'expected a list')
      .optional()
      .meta({ type: 'array', description: 'Flat, or nested as deep as the shape.' }),
  })
  .meta({ id: 'InferInput' });

export const inferRequest = z
  .object({
    id: z.string().max(1000).optional(),
    parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
    inputs: z.array(inferInput).min(1).max(64),
    outputs: z
      .array(
        z.object({
          name: z.string(),
          parameters: z
            .looseObject({
              binary_data: z.boolean().optional(),
              classification: z.int().min(0).max(1_000_000).optional(),
            })
            .optional()
            .describe('classification: so many best classes, as "value:index:label".'),
        }),
      )
      .max(64)
      .optional(),
  })
  .meta({ id: 'InferRequest' });

/** The same with tensors as bytes behind it. */
export const inferBytes = z.any().meta({ type: 'string', format: 'binary' });

export type OipRequest = z.output<typeof inferRequest>;
export type OipInput = z.output<typeof inferInput>;

export const inferResponse = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    parameters: z
      .object({
        known: z.boolean().describe('Whether every row shows one of the labels.'),
        unknown_rows: z.string().optional().describe('The rows that show none, from 0: "1,3".'),
      })
      .optional()
      .describe('Only of a model that can tell what is none of its labels.'),
    outputs: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int()),
        datatype: z.string(),
        parameters,
        data: z.array(z.unknown()).optional(),
      }),
    ),
  })
  .meta({ id: 'InferResponse' });

const tensorMetadata = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.int()).describe('-1 is a free axis.'),
});

export const modelMetadata = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
  })
  .meta({ id: 'ModelMetadata' });

export const serverMetadata = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});
