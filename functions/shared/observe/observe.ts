import type { Context } from 'aws-lambda';
import { enterInvocation } from '../models/serving.ts';
import { litterCollector } from '../runtime/heap.ts';
import { isWarmUp } from '../runtime/warm-up.ts';
import { correlated } from './correlation.ts';
import { measure, publishMetrics } from './metrics.ts';
import { traced } from './tracing.ts';

/** What of Lambda's context is read. Absent in tests, and where a handler is called by hand. */
export type Invocation = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

type Handler<E, R> = (event: E, context?: Invocation) => Promise<R>;

let cold = true;

/** The answer to what only keeps a function warm. */
const WARM = { status: 'warm' } as const;

/**
 * What every function's handler is wrapped in: log lines carry the invocation's id, cold starts are counted, what was
 * measured is written when the answer is known, X-Ray gets its part, and what is left behind is collected. What only keeps
 * the function warm is answered at once, without a line.
 */
export function observed<E, R>(handler: Handler<E, R>, collectLitter = litterCollector()): Handler<E, R | typeof WARM> {
  return async (event, context) => {
    if (isWarmUp(event)) {
      // Whoever asks next does not wait for the start.
      cold = false;
      return WARM;
    }
    if (cold) measure('ColdStart', 1);
    cold = false;
    const leave = await enterInvocation();
    const fields = context?.awsRequestId ? { invocationId: context.awsRequestId } : {};
    try {
      return await correlated(fields, () => traced('handler', () => handler(event, context)));
    } finally {
      leave();
      await publishMetrics();
      collectLitter();
    }
  };
}
