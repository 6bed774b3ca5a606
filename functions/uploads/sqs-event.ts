import * as z from 'zod/mini';

const record = z.object({
  messageId: z.string().check(z.minLength(1)),
  body: z.string(),
  receiptHandle: z.optional(z.string()),
  eventSourceARN: z.optional(z.string()),
});

/** The envelope: what SQS hands to a function. The bodies are read one by one, so that a bad one fails alone. */
export const sqsEvent = z.object({ Records: z.array(record) });

export type SqsRecord = z.output<typeof record>;
