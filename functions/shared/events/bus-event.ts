import { RequestError } from '@freezeframe/inference';
import * as z from 'zod';
import { PICTURE_CLASSIFIED } from '../jobs/announce.ts';
import { createJob } from '../jobs/job.ts';
import { SEQUENCER } from '../jobs/sequencer.ts';
import { validate } from '../validate.ts';
import { jobRequest, toJob } from './job-request.ts';
import type { Task } from './read-message.ts';

/** What asks for a picture to be classified, on the bus. */
export const CLASSIFICATION_REQUESTED = 'ClassificationRequested';

/** What every EventBridge event has. */
const busEvent = z.object({
  id: z.string().min(1),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: other names than a notification's. */
const objectCreated = z.object({
  bucket: z.object({ name: z.string().min(1) }),
  object: z.object({
    // As it is: EventBridge's copy of a key is not URL-encoded.
    key: z.string().min(1),
    'version-id': z.string().min(1).optional(),
    sequencer: z.string().regex(SEQUENCER).optional(),
  }),
});

const classified = z.object({ id: z.string().min(1), revision: z.string().min(1) });

export function isEvent(json: unknown): boolean {
  return busEvent.safeParse(json).success;
}

/**
 * What an event asks for; nothing, where S3 tells of anything but a creation. An event keeps its id when it is delivered again.
 * @throws RequestError `request-invalid` for an event that nobody here asked for.
 */
export function readEvent(json: unknown): Task[] {
  const { source, 'detail-type': type, detail, id } = validate(busEvent, json, 'The event');
  if (source === 'aws.s3') return type === 'Object Created' ? [readCreated(detail, id)] : [];
  if (type === CLASSIFICATION_REQUESTED) {
    return [{ kind: 'job', job: toJob(validate(jobRequest, detail, "The event's detail"), id) }];
  }
  if (source === 'freezeframe' && type === PICTURE_CLASSIFIED) {
    return [{ kind: 'receipt', ...validate(classified, detail, 'The receipt') }];
  }
  throw new RequestError('request-invalid', 'The event is of a type that is not known here');
}

function readCreated(detail: unknown, id: string): Task {
  const { bucket, object } = validate(objectCreated, detail, 'The S3 event');
  const { key, sequencer, 'version-id': versionId } = object;
  const named = { bucket: bucket.name, key, ...(versionId ? { versionId } : {}) };
  return { kind: 'job', job: createJob({ object: named, sequencer }, id) };
}
