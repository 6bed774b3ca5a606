import * as z from 'zod';

/** Names become folders of the model layer: nothing that could climb out of it. */
export const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected letters, digits, dots, hyphens and underscores');
export const modelVersion = z.string().regex(/^[1-9][0-9]{0,8}$/, 'expected a whole number from 1');
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

export type Options = z.output<typeof queryOptions>;
