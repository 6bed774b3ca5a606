import * as z from 'zod';

/** The envelope: what SQS hands to a function. The bodies are read one by one, so that a bad one fails alone. */
export const sqsEvent = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});
