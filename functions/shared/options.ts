import { modelName, modelVersion } from '@freezeframe/inference';
import * as z from 'zod';

const topK = z.number().int().min(1).max(10_000);
const threshold = z.number().min(0).max(1);

/** What may be chosen with every request: the model, and how many predictions come back. Names as callers write them. */
export const optionsShape = {
  model: modelName.optional(),
  version: modelVersion.optional(),
  top_k: topK.optional(),
  threshold: threshold.optional(),
};

/** The same in a query string. */
export const queryOptions = z.strictObject(optionsShape);

/** What `POST /classify` may be asked besides. */
export const classifyOptions = queryOptions.extend({
  explain: z.literal('heatmap').optional().describe('Also says which parts of a picture speak for a label.'),
  label: z
    .string()
    .max(1000)
    .optional()
    .describe('The label that explain is asked of; the most probable one by default. Says nothing without explain.'),
});

export type ClassifyOptions = z.output<typeof classifyOptions>;
export type Options = z.output<typeof queryOptions>;
