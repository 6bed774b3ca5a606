import { RequestError } from '@freezeframe/inference';
import * as z from 'zod';
import type { S3Object } from '../shared/s3.ts';
import { parseJson, validate } from '../shared/validate.ts';

/** The envelope: what SQS hands to a function. The bodies are parsed apart, so that one bad body fails alone. */
export const sqsEvent = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});

const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

const notification = z.object({
  Records: z
    .array(
      z.object({
        eventSource: z.literal('aws:s3'),
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string().min(1) }),
          object: z.object({ key: z.string().min(1), versionId: z.string().optional() }),
        }),
      }),
    )
    .min(1),
});

/**
 * The new objects that an SQS body tells of; none for the test event that S3 sends when notifications are set up, and for
 * notifications of anything but a creation.
 * @throws RequestError `json-invalid`, `request-invalid`, `key-invalid`: nothing that this function knows.
 */
export function readNotification(body: string): S3Object[] {
  const json = parseJson(body, 'The SQS body');
  if (testEvent.safeParse(json).success) return [];
  return validate(notification, json, 'The S3 notification')
    .Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(({ s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: decodeKey(object.key),
      versionId: object.versionId,
    }));
}

/** S3 writes keys as HTML forms do: `+` is a space, everything else is percent-encoded UTF-8. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new RequestError('key-invalid', "The notification's object key is not URL-encoded", { cause });
  }
}
