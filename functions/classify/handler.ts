import { type InferRequest, RequestError } from '@freezeframe/inference';
import { type Answer, answer, type Question } from '../shared/answer.ts';
import { describeError, logLine } from '../shared/log.ts';
import { toQuestion } from '../shared/payload.ts';
import { readObject } from '../shared/s3.ts';
import { validate } from '../shared/validate.ts';
import { type ClassifyEvent, classifyEvent } from './event.ts';
import { InvocationError } from './invocation-error.ts';

/**
 * Answers a direct invocation. An event with `inputs` is an Open Inference Protocol v2 request and gets its response; any
 * other gets the same result object as everywhere.
 *
 * Errors are thrown, not answered: asynchronous invocations are retried and reach their on-failure destination only then.
 * @throws InvocationError
 */
export async function handleInvocation(event: unknown): Promise<Answer> {
  try {
    if (isInferRequest(event)) return await answer({ infer: event });
    const request = validate(classifyEvent, event, 'The event');
    return await answer(await readQuestion(request), request);
  } catch (error) {
    logLine('error', 'invocation failed', describeError(error));
    throw new InvocationError(error);
  }
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
