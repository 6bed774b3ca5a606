import { RequestError } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { MESSAGES } from './events/index.ts';
import type { Work } from './jobs/work.ts';
import { parseJson } from './validate.ts';

/** What SNS wraps around a message that is not delivered raw. */
const snsEnvelope = z.object({ Type: z.literal('Notification'), TopicArn: z.string(), Message: z.string() });

/**
 * The attribute in which a message that is sent again has the id that it was first known by: SQS gives it another one, and a job of
 * no particular version would be another job, answered again.
 */
export const FIRST_ID = 'first-message-id';

/**
 * What the body of an SQS message asks for, straight or through SNS; it may be of any kind of `MESSAGES`.
 * @param messageId what the message is known by, its {@link FIRST_ID} where it has one.
 * @throws RequestError `json-invalid`, `request-invalid`, `key-invalid`: nothing that is known here.
 */
export function readMessage(body: string, messageId: string): Work[] {
  const json = parseJson(body, 'The message');
  const envelope = snsEnvelope.safeParse(json);
  // Once: SNS wraps nothing twice, and a body may be nested until the stack ends.
  const event = envelope.success ? parseJson(envelope.data.Message, "The SNS message's content") : json;
  const kind = MESSAGES.find(({ recognises }) => recognises(event));
  if (kind) return kind.read(event, messageId);
  throw new RequestError('request-invalid', 'The message is nothing that is known here', {
    remedy: 'Send an S3 notification (straight, by SNS or by EventBridge) or a job {"bucket", "key"}.',
  });
}
