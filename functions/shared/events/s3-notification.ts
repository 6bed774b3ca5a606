import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { createJob } from '../jobs/job.ts';
import { SEQUENCER } from '../jobs/sequencer.ts';
import { validate } from '../validate.ts';
import { hasField, type WorkEvent } from './kind.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const notification = z.object({
  Records: z
    .array(
      z.object({
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
      }),
    )
    .check(z.minLength(1)),
});

/** What S3 sends when notifications are set up. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** S3's notification of objects; nothing is done for its test event, a folder, and anything but a creation. */
export const s3Notification: WorkEvent = {
  recognises: (event) => hasField(event, 'Records') || testEvent.safeParse(event).success,
  read(event, messageId) {
    if (testEvent.safeParse(event).success) return [];
    return validate(notification, event, 'The S3 notification')
      .Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
      .map(({ s3: { bucket, object } }) => ({ ...object, bucket: bucket.name, key: decodeKey(object.key) }))
      .filter((object) => !isFolderMarker(object))
      .map(({ bucket, key, versionId, eTag, sequencer }) => {
        const object = { bucket, key, ...(versionId ? { versionId } : {}), ...plainTag(eTag) };
        return { kind: 'job', job: createJob({ object, sequencer }, messageId) };
      });
  },
};

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
