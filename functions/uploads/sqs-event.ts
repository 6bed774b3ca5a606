import * as z from 'zod';

const record = z.object({
  messageId: z.string().min(1),
  body: z.string(),
  receiptHandle: z.string().optional(),
  eventSourceARN: z.string().optional(),
});

/** The envelope: what SQS hands to a function. The bodies are read one by one, so that a bad one fails alone. */
export const sqsEvent = z.object({ Records: z.array(record) });

export type SqsRecord = z.output<typeof record>;
