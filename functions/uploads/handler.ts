import type { SQSBatchResponse } from 'aws-lambda';
import { IN_PROGRESS } from '../shared/jobs/once.ts';
import { doWork, type Work, workName } from '../shared/jobs/work.ts';
import { correlated } from '../shared/observe/correlation.ts';
import { describeError, logLine } from '../shared/observe/log.ts';
import { measure, measureFailure } from '../shared/observe/metrics.ts';
import type { Invocation } from '../shared/observe/observe.ts';
import { readMessage } from '../shared/read-message.ts';
import { inParallel } from '../shared/runtime/pool.ts';
import { TimeLeft } from '../shared/runtime/time-left.ts';
import { validate } from '../shared/validate.ts';
import { sqsEvent } from './sqs-event.ts';

/** Reading from S3 is waiting; four pictures at once hide it, and four of the largest still fit in memory. */
const AT_ONCE = 4;

/**
 * Does what a batch of SQS messages asks for, each of any kind of `MESSAGES`. A message is reported as failed where the
 * reason may pass (S3 is slow, the model does not load), where there was no time, or where nobody understands it. SQS
 * delivers it again and moves it to the dead-letter queue in the end. A bad picture is an answer: it is recorded with its
 * problem and not tried again.
 */
export async function handleUploads(event: unknown, invocation?: Invocation): Promise<SQSBatchResponse> {
  const { Records } = validate(sqsEvent, event, 'The SQS event');
  measure('BatchSize', Records.length);
  const batch = new Batch(invocation);
  const failed = await inParallel(Records, AT_ONCE, ({ messageId, body }) =>
    correlated({ messageId }, async () =>
      (await batch.handle(messageId, body)) ? [] : [{ itemIdentifier: messageId }],
    ),
  );
  return { batchItemFailures: failed.flat() };
}

class Batch {
  readonly #invocation: Invocation | undefined;
  readonly #time: TimeLeft;
  /** An upload that was notified twice is often in one batch twice: the second message waits for the first. */
  readonly #begun = new Map<string, Promise<void>>();

  constructor(invocation: Invocation | undefined) {
    this.#invocation = invocation;
    this.#time = new TimeLeft(invocation);
  }

  /** @returns whether the message is done with. */
  async handle(messageId: string, body: string): Promise<boolean> {
    try {
      for (const work of readMessage(body, messageId)) {
        if (!this.#time.suffices()) {
          logLine('warn', 'message put back: there is not enough time left');
          return false;
        }
        await this.#do(work);
      }
      return true;
    } catch (error) {
      if ((error as Error).name === IN_PROGRESS) {
        logLine('info', 'message put back: the same is being done elsewhere');
        return false;
      }
      measureFailure(error);
      logLine('error', 'message failed', describeError(error));
      return false;
    }
  }

  #do(work: Work): Promise<void> {
    const name = workName(work);
    const begun = this.#begun.get(name) ?? this.#time.spend(() => doWork(work, this.#invocation));
    this.#begun.set(name, begun);
    return begun;
  }
}
