import { type InferRequest, RequestError } from '@freezeframe/inference';
import { type Answer, answer, type Question } from '../shared/answer.ts';
import { isEvent, readEvent } from '../shared/events/bus-event.ts';
import { doTask } from '../shared/events/do-task.ts';
import { describeError, logLine } from '../shared/observe/log.ts';
import { measure, measureFailure } from '../shared/observe/metrics.ts';
import type { Invocation } from '../shared/observe/observe.ts';
import { toQuestion } from '../shared/payload.ts';
import { readObject } from '../shared/s3.ts';
import { validate } from '../shared/validate.ts';
import { type ClassifyEvent, classifyEvent } from './event.ts';
import { InvocationError } from './invocation-error.ts';
import { answerItems, type ItemResult, isBatch } from './items.ts';

/**
 * Answers a direct invocation. An event with `inputs` is an Open Inference Protocol v2 request and gets its response; a
 * batch of a Distributed Map gets a list; any other gets the same result object as everywhere. An EventBridge event
 * (`ClassificationRequested`) gets its answer where uploads do: in the results table, and as an event; nobody waits for one.
 *
 * Errors are thrown, not answered: asynchronous invocations are retried and reach their on-failure destination only then.
 * @throws InvocationError
 */
export async function handleInvocation(
  event: unknown,
  invocation?: Invocation,
): Promise<Answer | readonly ItemResult[] | null> {
  try {
    if (isInferRequest(event)) return await answer({ infer: event });
    if (isBatch(event)) return await answerItems(event, invocation);
    if (isEvent(event)) return await answerEvent(event, invocation);
    const request = validate(classifyEvent, event, 'The event');
    const question = await readQuestion(request);
    measure('BatchSize', 'pictures' in question ? question.pictures.length : 1);
    return await answer(question, request);
  } catch (error) {
    measureFailure(error);
    logLine('error', 'invocation failed', describeError(error));
    throw new InvocationError(error);
  }
}

async function answerEvent(event: unknown, invocation?: Invocation): Promise<null> {
  for (const task of readEvent(event)) await doTask(task, invocation);
  return null;
}

function isInferRequest(event: unknown): event is InferRequest {
  return typeof event === 'object' && event !== null && 'inputs' in event;
}

async function readQuestion(request: ClassifyEvent): Promise<Question> {
  const question = toQuestion(request);
  if (question) return question;
  const { bucket, key, versionId } = request;
  if (bucket && key) return { picture: await readObject({ bucket, key, versionId }) };
  throw new RequestError('request-invalid', 'The event has nothing to classify');
}
