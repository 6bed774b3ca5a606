import { modelName, modelVersion } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { once } from '../shared/runtime/once.ts';
import type { Schema } from './route.ts';

// What answers look like, for the OpenAPI document. A schema with an id becomes a component of it.

const modelReference = once(() =>
  z.object({ name: z.string(), version: z.string() }).check(z.meta({ id: 'ModelReference' })),
);

const classificationResult = once(() =>
  z
    .object({
      model: modelReference(),
      known: z
        .optional(z.boolean())
        .check(
          z.describe(
            'false: the picture shows none of the labels, and the predictions are only the nearest. Absent where the model cannot tell.',
          ),
        ),
      predictions: z.array(z.object({ label: z.string(), probability: z.number().check(z.minimum(0), z.maximum(1)) })),
      heatmap: z
        .optional(
          z.object({
            label: z.string(),
            values: z
              .array(z.array(z.number()))
              .check(z.describe("By rows: how much each part adds to the label's logit.")),
            scale: z
              .object({ low: z.number(), high: z.number() })
              .check(z.describe('Where the colours of a drawing begin and end.')),
          }),
        )
        .check(z.describe('Which parts of what the model sees speak for a label; only with explain=heatmap.')),
    })
    .check(z.meta({ id: 'ClassificationResult', description: 'Most probable first.' })),
);

const regressionResult = once(() =>
  z
    .object({
      model: modelReference(),
      values: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string() })),
    })
    .check(z.meta({ id: 'RegressionResult', description: 'Each value in its own unit.' })),
);

export const result = once(() => z.union([classificationResult(), regressionResult()]).check(z.meta({ id: 'Result' })));

export const problem = once(() =>
  z
    .object({
      type: z
        .string()
        .check(z.meta({ format: 'uri-reference' }), z.describe('/errors#<code>: GET /errors says what it means.')),
      title: z.string(),
      status: z.int().check(z.minimum(400), z.maximum(599)),
      detail: z.optional(z.string()),
      remedy: z.optional(z.string()).check(z.describe('What the sender can do.')),
      instance: z.optional(z.string()).check(z.describe('Path of the request.')),
      error: z.optional(z.string()).check(z.describe('The same for clients of the protocols that have only this.')),
    })
    .check(z.meta({ id: 'Problem', description: 'RFC 9457; its type is stable.' })),
);

export const batchResult = once(() =>
  z
    .object({ results: z.array(z.union([result(), problem()])) })
    .check(z.meta({ id: 'BatchResult', description: 'In the order sent; what failed holds its problem.' })),
);

export const modelParam = once(() => z.object({ model: modelName }));
export const versionParam = once(() => z.object({ model: modelName, version: modelVersion }));
export const labelParam = once(() =>
  z.object({
    model: modelName,
    label: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)),
  }),
);

/** Bytes of an encoded picture, as a body or as a part of a form. */
export const pictureBytes = once(() =>
  z
    .any()
    .check(
      z.meta({ type: 'string', format: 'binary', contentMediaType: 'image/*', description: 'An encoded picture.' }),
    ),
);

/** What an `image/*` body may be; whatever is declared, the format is found in the bytes. */
export const PICTURE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
] as const;

/** Bodies that are a picture; `application/x-image` is SageMaker's word. */
export const pictureBodies: Readonly<Record<string, Schema>> = Object.fromEntries(
  [...PICTURE_TYPES, 'application/x-image', 'application/octet-stream'].map((type) => [type, pictureBytes]),
);
