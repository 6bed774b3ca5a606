import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { PICTURE_CLASSIFIED } from '../jobs/announce.ts';
import { createJob } from '../jobs/job.ts';
import { SEQUENCER } from '../jobs/sequencer.ts';
import type { Work } from '../jobs/work.ts';
import { validate } from '../validate.ts';
import { readJob } from './job-request.ts';
import type { WorkEvent } from './kind.ts';
import { isFolderMarker, plainTag } from './s3-notification.ts';

/** What asks for a picture to be classified, on the bus. */
const CLASSIFICATION_REQUESTED = 'ClassificationRequested';

/** What every EventBridge event has. */
const envelope = z.object({
  id: z.string().check(z.minLength(1)),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: other names than a notification's. */
const objectCreated = z.object({
  bucket: z.object({ name: z.string().check(z.minLength(1)) }),
  object: z.object({
    // As it is: EventBridge's copy of a key is not URL-encoded.
    key: z.string().check(z.minLength(1)),
    size: z.optional(z.number()),
    etag: z.optional(z.string()),
    'version-id': z.optional(z.string().check(z.minLength(1))),
    sequencer: z.optional(z.string().check(z.regex(SEQUENCER))),
  }),
});

const classified = z.object({ id: z.string().check(z.minLength(1)), revision: z.string().check(z.minLength(1)) });

/**
 * An EventBridge event: S3's `Object Created`, `ClassificationRequested` of any source, and our own `PictureClassified`, which
 * comes back as its receipt. Nothing is done where S3 tells of a folder, or of anything but a creation. An event keeps its id when it is
 * delivered again.
 */
export const busEvent: WorkEvent = {
  recognises: (event) => envelope.safeParse(event).success,
  read(event) {
    const { source, 'detail-type': type, detail, id } = validate(envelope, event, 'The event');
    if (source === 'aws.s3') return type === 'Object Created' ? readCreated(detail, id) : [];
    if (type === CLASSIFICATION_REQUESTED) return [{ kind: 'job', job: readJob(detail, "The event's detail", id) }];
    if (source === 'freezeframe' && type === PICTURE_CLASSIFIED) {
      return [{ kind: 'receipt', ...validate(classified, detail, 'The receipt') }];
    }
    throw new RequestError('request-invalid', 'The event is of a type that is not known here');
  },
};

function readCreated(detail: unknown, id: string): Work[] {
  const { bucket, object } = validate(objectCreated, detail, 'The S3 event');
  if (isFolderMarker(object)) return [];
  const { key, sequencer, etag, 'version-id': versionId } = object;
  const named = { bucket: bucket.name, key, ...(versionId ? { versionId } : {}), ...plainTag(etag) };
  return [{ kind: 'job', job: createJob({ object: named, sequencer }, id) }];
}
