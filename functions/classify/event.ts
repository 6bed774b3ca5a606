import * as z from 'zod';
import { optionsShape } from '../shared/options.ts';
import { hasOne, payloadShape } from '../shared/payload.ts';

const shape = {
  ...payloadShape,
  ...optionsShape,
  /** An S3 object, by `bucket` and `key` (not URL-encoded). */
  bucket: z.string().min(1).max(63).optional(),
  key: z.string().min(1).max(1024).optional(),
  versionId: z.string().min(1).optional(),
};

/** What the function is invoked with: `{bucket, key}`, `{picture}`, `{pictures}` or `{tensors}`, and options. */
export const classifyEvent = z
  .strictObject(shape)
  .refine((event) => hasOne(event, ['bucket', 'picture', 'pictures', 'tensors']), {
    message: 'expected one of {bucket, key}, {picture}, {pictures} and {tensors}',
  })
  .refine((event) => (event.bucket === undefined) === (event.key === undefined), {
    message: 'bucket and key belong together',
  });

export type ClassifyEvent = z.output<typeof classifyEvent>;
