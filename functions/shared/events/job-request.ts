import { expected, RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { createJob, type Job } from '../jobs/job.ts';
import { optionsShape } from '../options.ts';
import { shorten, validate } from '../validate.ts';
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

/** What a message shows of a field's name. Characters. */
const SHOWN = 80;

/** A row holds 32 levels, of which it needs one itself. */
const MAX_LEVELS = 30;

/** What a row holds of a number that is not whole: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const [LEAST, MOST] = [1e-129, 1e125];

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
  for (const [name, value] of Object.entries(more)) checkHeld(value, name, 1);
  const bytes = Buffer.byteLength(JSON.stringify(more));
  if (bytes > MAX_MORE_BYTES) {
    const limit = `at most ${MAX_MORE_BYTES} bytes`;
    throw new RequestError('request-invalid', expected(limit, `the further fields of ${where.toLowerCase()}`, bytes));
  }
  return { request: more };
}

/**
 * Refuses what could not be handed back as it was sent. A whole number past 2^53 is another one as soon as its JSON is read, and
 * DynamoDB refuses it at every delivery, though the picture could be answered.
 */
function checkHeld(value: unknown, name: string, level: number): void {
  if (level > MAX_LEVELS)
    throw new RequestError('request-invalid', `The field ${shorten(name, SHOWN)} is nested too deep`);
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) checkHeld(inner, name, level + 1);
  }
  if (typeof value !== 'number' || value === 0) return;
  const size = Math.abs(value);
  if (Number.isInteger(value) ? Number.isSafeInteger(value) : size >= LEAST && size <= MOST) return;
  const what = 'a number that is held without loss';
  throw new RequestError('request-invalid', expected(what, `the field ${shorten(name, SHOWN)}`, value), {
    remedy: 'Send it as text.',
  });
}
