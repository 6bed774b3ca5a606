import { expected, RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { createJob, type Job } from '../jobs/job.ts';
import { optionsShape } from '../options.ts';
import { validate } from '../validate.ts';
import { hasField, type WorkEvent } from './kind.ts';

const schema = z.looseObject({
  bucket: z.string().check(z.minLength(1), z.maxLength(63)),
  key: z.string().check(z.minLength(1), z.maxLength(1024)),
  versionId: z.optional(z.string().check(z.minLength(1))),
  ...optionsShape,
  topK: optionsShape.top_k,
});

/** What else a request may hold, as JSON: a row takes 400 KB and an event 256 KB, both with the result. Bytes. */
const MAX_MORE_BYTES = 64 * 1024;

/**
 * A job as a program sends it: `{bucket, key, versionId?, model?, version?, topK?, threshold?}`. The key is not encoded. Fields
 * that are none of these (an order's number) are the producer's own; the event hands them back.
 */
export const jobRequest: WorkEvent = {
  recognises: (event) => hasField(event, 'bucket'),
  read: (event, messageId) => [{ kind: 'job', job: readJob(event, 'The job', messageId) }],
};

/**
 * The job that a request asks for, wherever it came in.
 * @param where what it is called in messages. @throws RequestError `request-invalid`.
 */
export function readJob(request: unknown, where: string, messageId: string): Job {
  const read = validate(schema, request, where);
  const { bucket, key, versionId, topK, top_k = topK, model, version, threshold, ...more } = read;
  const object = { bucket, key, ...(versionId ? { versionId } : {}) };
  const chosen = { model, version, top_k, threshold };
  const options = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  return createJob({ object, options, ...handedBack(more, where) }, messageId);
}

function handedBack(more: Record<string, unknown>, where: string): Pick<Job, 'request'> {
  if (Object.keys(more).length === 0) return {};
  const bytes = Buffer.byteLength(JSON.stringify(more));
  if (bytes > MAX_MORE_BYTES) {
    const limit = `at most ${MAX_MORE_BYTES} bytes`;
    throw new RequestError('request-invalid', expected(limit, `the further fields of ${where.toLowerCase()}`, bytes));
  }
  return { request: more };
}
