import type { Context } from 'aws-lambda';
import { correlated } from './correlation.ts';
import { measure, publishMetrics } from './metrics.ts';
import { traced } from './tracing.ts';

/** What of Lambda's context is read. Absent in tests, and where a handler is called by hand. */
export type Invocation = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

type Handler<E, R> = (event: E, context?: Invocation) => Promise<R>;

let cold = true;

/**
 * What every function's handler is wrapped in: log lines carry the invocation's id, cold starts are counted, what was
 * measured is written when the answer is known, and X-Ray gets its part.
 */
export function observed<E, R>(handler: Handler<E, R>): Handler<E, R> {
  return async (event, context) => {
    if (cold) measure('ColdStart', 1);
    cold = false;
    const fields = context?.awsRequestId ? { invocationId: context.awsRequestId } : {};
    try {
      return await correlated(fields, () => traced('handler', () => handler(event, context)));
    } finally {
      await publishMetrics();
    }
  };
}
