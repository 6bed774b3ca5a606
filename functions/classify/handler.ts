import { answerTooLarge } from '../shared/answer-too-large.ts';
import { INVOCATIONS } from '../shared/events/index.ts';
import type { AnsweredEvent, WorkEvent } from '../shared/events/kind.ts';
import { InvocationError } from '../shared/invocation-error.ts';
import { doWork } from '../shared/jobs/work.ts';
import { MAX_ANSWER_BYTES } from '../shared/limits.ts';
import { describeError, logLine } from '../shared/observe/log.ts';
import { measureFailure } from '../shared/observe/metrics.ts';
import type { Invocation } from '../shared/observe/observe.ts';

/**
 * Answers a direct invocation by an event of any kind of `INVOCATIONS`. A kind that leaves work behind (an event of the bus)
 * gets its result where uploads do, in the results table and as an event, and is answered with null.
 *
 * Errors are thrown, not answered: asynchronous invocations are retried and reach their on-failure destination only then.
 * @throws InvocationError
 */
export async function handleInvocation(event: unknown, invocation?: Invocation): Promise<object | null> {
  try {
    const kind = INVOCATIONS.find(({ recognises }) => recognises(event)) as WorkEvent | AnsweredEvent;
    if ('answer' in kind) return checkSize(await kind.answer(event, invocation));
    for (const work of kind.read(event, '')) await doWork(work, invocation);
    return null;
  } catch (error) {
    measureFailure(error);
    logLine('error', 'invocation failed', describeError(error));
    throw new InvocationError(error);
  }
}

/** @throws RequestError `answer-too-large`, where Lambda would say no more than that. */
function checkSize(answer: object): object {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= MAX_ANSWER_BYTES) return answer;
  throw answerTooLarge(bytes, MAX_ANSWER_BYTES);
}
