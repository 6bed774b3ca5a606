import * as z from 'zod/mini';
import { FIRST_ID } from '../shared/read-message.ts';

const record = z.object({
  messageId: z.string().check(z.minLength(1)),
  body: z.string(),
  receiptHandle: z.optional(z.string()),
  eventSourceARN: z.optional(z.string()),
  messageAttributes: z.optional(
    z.object({ [FIRST_ID]: z.optional(z.object({ stringValue: z.optional(z.string().check(z.minLength(1))) })) }),
  ),
});

/** The envelope: what SQS hands to a function. The bodies are read one by one, so that a bad one fails alone. */
export const sqsEvent = z.object({ Records: z.array(record) });

export type SqsRecord = z.output<typeof record>;

/** What a message is known by, whatever became of it meanwhile. */
export function firstId({ messageId, messageAttributes }: SqsRecord): string {
  return messageAttributes?.[FIRST_ID]?.stringValue ?? messageId;
}
