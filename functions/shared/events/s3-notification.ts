import { RequestError } from '@freezeframe/inference';
import * as z from 'zod';
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
          bucket: z.object({ name: z.string().min(1) }),
          object: z.object({
            key: z.string().min(1),
            versionId: z.string().min(1).nullish(),
            sequencer: z.string().regex(SEQUENCER).optional(),
          }),
        }),
      }),
    )
    .min(1),
});

/** What S3 sends when notifications are set up. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** S3's notification of objects; nothing is done for its test event, and for anything but a creation. */
export const s3Notification: WorkEvent = {
  recognises: (event) => hasField(event, 'Records') || testEvent.safeParse(event).success,
  read(event, messageId) {
    if (testEvent.safeParse(event).success) return [];
    return validate(notification, event, 'The S3 notification')
      .Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
      .map(({ s3: { bucket, object } }) => {
        const { versionId, sequencer } = object;
        const named = { bucket: bucket.name, key: decodeKey(object.key), ...(versionId ? { versionId } : {}) };
        return { kind: 'job', job: createJob({ object: named, sequencer }, messageId) };
      });
  },
};

/** S3 writes keys as HTML forms do: `+` is a space, everything else is percent-encoded UTF-8. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new RequestError('key-invalid', "The notification's object key is not URL-encoded", { cause });
  }
}
