import * as z from 'zod';
import { createJob, type Job } from '../jobs/job.ts';
import { optionsShape } from '../options.ts';
import { validate } from '../validate.ts';
import { hasField, type WorkEvent } from './kind.ts';

const schema = z.strictObject({
  bucket: z.string().min(1).max(63),
  key: z.string().min(1).max(1024),
  versionId: z.string().min(1).optional(),
  ...optionsShape,
  topK: optionsShape.top_k,
});

/** A job as a program sends it: `{bucket, key, versionId?, model?, version?, topK?, threshold?}`. The key is not encoded. */
export const jobRequest: WorkEvent = {
  recognises: (event) => hasField(event, 'bucket'),
  read: (event, messageId) => [{ kind: 'job', job: readJob(event, 'The job', messageId) }],
};

/**
 * The job that a request asks for, wherever it came in.
 * @param where what it is called in messages. @throws RequestError `request-invalid`.
 */
export function readJob(request: unknown, where: string, messageId: string): Job {
  const { bucket, key, versionId, topK, top_k = topK, model, version, threshold } = validate(schema, request, where);
  const object = { bucket, key, ...(versionId ? { versionId } : {}) };
  const chosen = { model, version, top_k, threshold };
  const options = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  return createJob({ object, options }, messageId);
}
