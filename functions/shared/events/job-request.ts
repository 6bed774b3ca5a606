import * as z from 'zod';
import { createJob, type Job } from '../jobs/job.ts';
import { optionsShape } from '../options.ts';

/** A job as a program sends it: `{bucket, key, versionId?, model?, version?, topK?, threshold?}`. The key is not encoded. */
export const jobRequest = z.strictObject({
  bucket: z.string().min(1).max(63),
  key: z.string().min(1).max(1024),
  versionId: z.string().min(1).optional(),
  ...optionsShape,
  topK: optionsShape.top_k,
});

export function toJob(request: z.output<typeof jobRequest>, messageId: string): Job {
  const { bucket, key, versionId, topK, top_k = topK, model, version, threshold } = request;
  const object = { bucket, key, ...(versionId ? { versionId } : {}) };
  const chosen = { model, version, top_k, threshold };
  const options = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  return createJob({ object, options }, messageId);
}
