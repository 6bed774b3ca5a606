import { PictureError, type Problem, RequestError, type Result, toProblem } from '@freezeframe/inference';
import type { SQSBatchResponse } from 'aws-lambda';
import { answer } from '../shared/answer.ts';
import { describeError, logLine } from '../shared/log.ts';
import { inParallel } from '../shared/pool.ts';
import { readObject, type S3Object, writeJson } from '../shared/s3.ts';
import { validate } from '../shared/validate.ts';
import { readNotification, sqsEvent } from './events.ts';

/** Reading from S3 is waiting; four pictures at once hide it, and four of the largest still fit in memory. */
const AT_ONCE = 4;

/**
 * Answers a batch of SQS messages, each a notification of new S3 objects. A message that failed for a reason that may pass
 * (S3 is slow, the model does not load), or that nobody understands, is reported as failed: SQS delivers it again and moves
 * it to the dead-letter queue in the end. A bad picture is an answer: it is recorded with its problem and not tried again.
 */
export async function handleUploads(event: unknown): Promise<SQSBatchResponse> {
  const { Records } = validate(sqsEvent, event, 'The SQS event');
  const failed = await inParallel(Records, AT_ONCE, async ({ messageId, body }) => {
    try {
      for (const object of readNotification(body)) await classifyObject(object, messageId);
      return [];
    } catch (error) {
      logLine('error', 'message failed', { messageId, ...describeError(error) });
      return [{ itemIdentifier: messageId }];
    }
  });
  return { batchItemFailures: failed.flat() };
}

async function classifyObject(object: S3Object, messageId: string): Promise<void> {
  const { bucket, key } = object;
  const resultsBucket = process.env.RESULTS_BUCKET;
  if (bucket === resultsBucket) {
    // Each result would be an upload again, for ever and at a price.
    logLine('warn', 'object skipped: it lies in the results bucket', { messageId, bucket, key });
    return;
  }
  const started = performance.now();
  const result = await resultOf(object);
  if (resultsBucket) await writeJson({ bucket: resultsBucket, key: `${key}.json` }, result);
  const ms = Math.round(performance.now() - started);
  if ('status' in result) logLine('warn', 'picture refused', { messageId, bucket, key, ms, problem: result });
  else logLine('info', 'picture classified', { messageId, bucket, key, ms, ...result });
}

/** The result, or the problem of a picture that will never have one. */
async function resultOf(object: S3Object): Promise<Result | Problem> {
  try {
    return (await answer({ picture: await readObject(object) })) as Result;
  } catch (error) {
    if (error instanceof PictureError || error instanceof RequestError) return toProblem(error);
    throw error;
  }
}
