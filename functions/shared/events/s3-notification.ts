import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { createJob } from '../jobs/job.ts';
import { SEQUENCER } from '../jobs/sequencer.ts';
import type { Work } from '../jobs/work.ts';
import { validate } from '../validate.ts';
import { hasField, type WorkEvent } from './kind.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const notification = z.object({ Records: z.array(z.unknown()).check(z.minLength(1)) });

const record = z.object({
  eventSource: z.literal('aws:s3'),
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string().check(z.minLength(1)) }),
    object: z.object({
      key: z.string().check(z.minLength(1)),
      size: z.optional(z.number()),
      eTag: z.optional(z.string()),
      versionId: z.nullish(z.string().check(z.minLength(1))),
      sequencer: z.optional(z.string().check(z.regex(SEQUENCER))),
    }),
  }),
});

/** What S3 sends when notifications are set up. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** S3's notification of objects; nothing is done for its test event, a folder, and anything but a creation. */
export const s3Notification: WorkEvent = {
  recognises: (event) => hasField(event, 'Records') || testEvent.safeParse(event).success,
  read(event, messageId) {
    if (testEvent.safeParse(event).success) return [];
    const works = validate(notification, event, 'The S3 notification').Records.flatMap((one) =>
      readRecord(one, messageId),
    );
    const [first] = works;
    // Where nothing is understood, neither is the message.
    if (first?.kind === 'refused' && works.every(({ kind }) => kind === 'refused')) throw first.error;
    return works;
  },
};

/** One that is wrong is refused alone: the pictures of the others are there. */
function readRecord(one: unknown, messageId: string): Work[] {
  try {
    const { eventName, s3 } = validate(record, one, 'A record of the S3 notification');
    if (!eventName.startsWith('ObjectCreated:')) return [];
    const { versionId, eTag, sequencer, size } = s3.object;
    const key = decodeKey(s3.object.key);
    if (isFolderMarker({ key, size })) return [];
    const object = { bucket: s3.bucket.name, key, ...(versionId ? { versionId } : {}), ...plainTag(eTag) };
    return [{ kind: 'job', job: createJob({ object, sequencer }, messageId) }];
  } catch (error) {
    if (error instanceof RequestError) return [{ kind: 'refused', error }];
    throw error;
  }
}

/** S3 writes it without quotation marks here, and with them in HTTP. */
export function plainTag(eTag = ''): { eTag?: string } {
  const plain = eTag.replaceAll('"', '');
  return plain ? { eTag: plain } : {};
}

/**
 * What consoles and file managers put where somebody makes a folder (`photos/`, of Hadoop's tools `photos_$folder$`): nobody
 * uploaded a picture.
 */
export function isFolderMarker({ key, size }: { key: string; size?: number | undefined }): boolean {
  return size === 0 && (key.endsWith('/') || key.endsWith('_$folder$'));
}

/** S3 writes keys as HTML forms do: `+` is a space, everything else is percent-encoded UTF-8. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new RequestError('key-invalid', "The notification's object key is not URL-encoded", { cause });
  }
}
