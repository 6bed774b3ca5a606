import { modelName, modelVersion } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { once } from './runtime/once.ts';

const topK = z.int().check(z.minimum(1), z.maximum(10_000));
const threshold = z.number().check(z.minimum(0), z.maximum(1));

/** What may be chosen with every request: the model, and how many predictions come back. Names as callers write them. */
export const optionsShape = {
  model: z.optional(modelName),
  version: z.optional(modelVersion),
  top_k: z.optional(topK),
  threshold: z.optional(threshold),
};

/** The same in a query string. */
export const queryOptions = once(() => z.strictObject(optionsShape));

/** What `POST /classify` may be asked besides. */
export const classifyOptions = once(() =>
  z.extend(queryOptions(), {
    explain: z
      .optional(z.literal('heatmap'))
      .check(z.describe('Also says which parts of a picture speak for a label.')),
    label: z
      .optional(z.string().check(z.maxLength(1000)))
      .check(
        z.describe(
          'The label that explain is asked of; the most probable one by default. Says nothing without explain.',
        ),
      ),
  }),
);

export type ClassifyOptions = z.output<ReturnType<typeof classifyOptions>>;
export type Options = z.output<ReturnType<typeof queryOptions>>;
