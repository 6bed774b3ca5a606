import { RequestError } from '@freezeframe/inference';
import type { SQSBatchResponse } from 'aws-lambda';
import { refuseMisdirected, senderOf } from '../shared/events/misdirected.ts';
import { InvocationError } from '../shared/invocation-error.ts';
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
import { firstId, type SqsRecord, sqsEvent } from './sqs-event.ts';

/** Reading from S3 is waiting; four pictures at once hide it, and four of the largest still fit in memory. */
const AT_ONCE = 4;

/**
 * Does what a batch of SQS messages asks for, each of any kind of `MESSAGES`. A message is reported as failed where the
 * reason may pass (S3 is slow, the model does not load), and where there was no time: SQS delivers it again, and moves it to
 * the dead-letter queue in the end. What nobody understands goes there at once, with the reason. A bad picture is an answer:
 * it is recorded with its problem and not tried again.
 */
export async function handleUploads(event: unknown, invocation?: Invocation): Promise<SQSBatchResponse> {
  const { Records } = readEvent(event);
  measure('BatchSize', Records.length);
  const batch = new Batch(invocation);
  const failed = await inParallel(Records, AT_ONCE, (record) =>
    correlated({ messageId: record.messageId }, async () =>
      (await batch.handle(record)) ? [] : [{ itemIdentifier: record.messageId }],
    ),
  );
  return { batchItemFailures: failed.flat() };
}

/** @throws InvocationError for what no queue has sent. */
function readEvent(event: unknown) {
  try {
    if (senderOf(event) !== 'aws:sqs') refuseMisdirected(event, 'messages of the queue of uploads');
    return validate(sqsEvent, event, 'The SQS event');
  } catch (error) {
    measureFailure(error);
    logLine('error', 'invocation failed', describeError(error));
    throw new InvocationError(error);
  }
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
    let works: readonly Work[];
    try {
      works = readMessage(record.body, firstId(record));
    } catch (error) {
      return refuse(record, error);
    }
    let again = false;
    let refused: RequestError | undefined;
    // One that fails keeps none of the others from being done: a notification may tell of a hundred.
    for (const work of works) {
      if (!this.#time.suffices()) {
        logLine('warn', 'message put back: there is not enough time left');
        return false;
      }
      try {
        await this.#do(work);
      } catch (error) {
        if (error instanceof RequestError) refused ??= error;
        else {
          again = true;
          await explain(record, error);
        }
      }
    }
    if (again) return false;
    return refused === undefined || refuse(record, refused);
  }

  #do(work: Work): Promise<void> {
    const name = workName(work);
    const begun = this.#begun.get(name) ?? this.#time.spend(() => doWork(work, this.#invocation));
    this.#begun.set(name, begun);
    return begun;
  }
}

/** Why a message comes again. */
async function explain(record: SqsRecord, error: unknown): Promise<void> {
  if ((error as Error).name === IN_PROGRESS) {
    logLine('info', 'message put back: the same is being done elsewhere');
  } else if (error instanceof AnnouncementInDoubt) {
    logLine('warn', 'message put off: its event may have been sent', { until: new Date(error.until).toISOString() });
    await calmly(putOff(record, error.until));
  } else {
    measureFailure(error);
    logLine('error', 'message failed', describeError(error));
  }
}

/** What nobody will ever understand. @returns whether it is among the dead letters. */
async function refuse(record: SqsRecord, error: unknown): Promise<boolean> {
  measureFailure(error);
  logLine('error', 'message failed', describeError(error));
  const said = error instanceof RequestError ? `${error.code}: ${error.message}` : undefined;
  return said !== undefined && (await calmly(setAside(record, said))) === true;
}

/** What spares a delivery: where it cannot be done, the message comes again as it would have. */
async function calmly<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    logLine('warn', 'the queue could not be told', describeError(error));
    return undefined;
  });
}
