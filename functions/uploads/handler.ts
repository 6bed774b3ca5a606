import { RequestError } from '@freezeframe/inference';
import type { SQSBatchResponse } from 'aws-lambda';
import { AnnouncementInDoubt } from '../shared/jobs/announce.ts';
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
import { putOff, setAside } from './queue.ts';
import { type SqsRecord, sqsEvent } from './sqs-event.ts';

/** Reading from S3 is waiting; four pictures at once hide it, and four of the largest still fit in memory. */
const AT_ONCE = 4;

/**
 * Does what a batch of SQS messages asks for, each of any kind of `MESSAGES`. A message is reported as failed where the
 * reason may pass (S3 is slow, the model does not load), and where there was no time: SQS delivers it again, and moves it to
 * the dead-letter queue in the end. What nobody understands goes there at once, with the reason. A bad picture is an answer:
 * it is recorded with its problem and not tried again.
 */
export async function handleUploads(event: unknown, invocation?: Invocation): Promise<SQSBatchResponse> {
  const { Records } = validate(sqsEvent, event, 'The SQS event');
  measure('BatchSize', Records.length);
  const batch = new Batch(invocation);
  const failed = await inParallel(Records, AT_ONCE, (record) =>
    correlated({ messageId: record.messageId }, async () =>
      (await batch.handle(record)) ? [] : [{ itemIdentifier: record.messageId }],
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
  async handle(record: SqsRecord): Promise<boolean> {
    const works = await read(record);
    if (typeof works === 'boolean') return works;
    try {
      for (const work of works) {
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
      if (error instanceof AnnouncementInDoubt) {
        logLine('warn', 'message put off: its event may have been sent', {
          until: new Date(error.until).toISOString(),
        });
        await calmly(putOff(record, error.until));
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

/** @returns what a message asks for; where nobody understands it, whether it is among the dead letters. */
async function read(record: SqsRecord): Promise<readonly Work[] | boolean> {
  try {
    return readMessage(record.body, record.messageId);
  } catch (error) {
    measureFailure(error);
    logLine('error', 'message failed', describeError(error));
    const said = error instanceof RequestError ? `${error.code}: ${error.message}` : undefined;
    return said !== undefined && (await calmly(setAside(record, said))) === true;
  }
}

/** What spares a delivery: where it cannot be done, the message comes again as it would have. */
async function calmly<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    logLine('warn', 'the queue could not be told', describeError(error));
    return undefined;
  });
}
