import * as z from 'zod';

/** The envelope: what SQS hands to a function. The bodies are parsed apart, so that one bad body fails alone. */
export const sqsEvent = z.object({
  Records: z.array(z.object({ messageId: z.string().min(1), body: z.string() })),
});
