import * as z from 'zod';

/** Names become folders of the model layer: nothing that could climb out of it. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected letters, digits, dots, hyphens and underscores');
const version = z.string().regex(/^[1-9][0-9]{0,8}$/, 'expected a whole number from 1');
const topK = z.number().int().min(1).max(10_000);
const threshold = z.number().min(0).max(1);

/** What may be chosen with every request: the model, and how many predictions come back. Names as callers write them. */
export const optionsShape = {
  model: name.optional(),
  version: version.optional(),
  top_k: topK.optional(),
  threshold: threshold.optional(),
};

const decimal = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,17})?$/, 'expected a number')
  .transform(Number);

/** The same in a query string, where every value is text. */
export const queryOptions = z.strictObject({
  model: name.optional(),
  version: version.optional(),
  top_k: decimal.pipe(topK).optional(),
  threshold: decimal.pipe(threshold).optional(),
});

export type Options = z.output<typeof queryOptions>;
