import { RequestError } from '@freezeframe/inference';
import * as z from 'zod';
import type { Job } from '../jobs/job.ts';
import { parseJson, validate } from '../validate.ts';
import { isEvent, readEvent } from './bus-event.ts';
import { jobRequest, toJob } from './job-request.ts';
import { isNotification, readNotification } from './s3-notification.ts';

/** What a message asks for. */
export type Task =
  | { readonly kind: 'job'; readonly job: Job }
  /** An event of ours, come back from the bus: it was sent. */
  | { readonly kind: 'receipt'; readonly id: string; readonly revision: string };

/** What SNS wraps around a message that is not delivered raw. */
const snsEnvelope = z.object({ Type: z.literal('Notification'), TopicArn: z.string(), Message: z.string() });

/** S3 sends it when notifications are set up. */
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * What the body of an SQS message asks for: an S3 notification, straight, through SNS or through EventBridge; a job
 * `{bucket, key, ...}`; a receipt. Nothing for S3's test event and for events of anything but a creation.
 * @param messageId what the message is known by.
 * @throws RequestError `json-invalid`, `request-invalid`, `key-invalid`: nothing that is known here.
 */
export function readMessage(body: string, messageId: string): Task[] {
  const json = parseJson(body, 'The message');
  const envelope = snsEnvelope.safeParse(json);
  // Once: SNS wraps nothing twice, and a body may be nested until the stack ends.
  return readTasks(envelope.success ? parseJson(envelope.data.Message, "The SNS message's content") : json, messageId);
}

function readTasks(json: unknown, messageId: string): Task[] {
  if (testEvent.safeParse(json).success) return [];
  if (isNotification(json)) return readNotification(json, messageId);
  if (isEvent(json)) return readEvent(json);
  if (typeof json === 'object' && json !== null && 'bucket' in json) {
    return [{ kind: 'job', job: toJob(validate(jobRequest, json, 'The job'), messageId) }];
  }
  throw new RequestError('request-invalid', 'The message is nothing that is known here', {
    remedy: 'Send an S3 notification (straight, by SNS or by EventBridge) or a job {"bucket", "key"}.',
  });
}
