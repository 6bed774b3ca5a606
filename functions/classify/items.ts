import { FreezeframeError, type Problem, type Result, toProblem } from '@freezeframe/inference';
import * as z from 'zod';
import { answer } from '../shared/answer.ts';
import { jobRequest, toJob } from '../shared/events/job-request.ts';
import { measure, measureFailure } from '../shared/observe/metrics.ts';
import type { Invocation } from '../shared/observe/observe.ts';
import { inParallel } from '../shared/runtime/pool.ts';
import { TimeLeft } from '../shared/runtime/time-left.ts';
import { readObject } from '../shared/s3.ts';
import { validate } from '../shared/validate.ts';

/** As for the uploads function: reading is waiting. */
const AT_ONCE = 4;

/** What Step Functions' ItemBatcher makes of the objects that a Distributed Map lists. */
const batch = z.object({
  Items: z.array(z.unknown()).min(1).max(1_000),
  /** What all of them have in common: the model, say. */
  BatchInput: z.object({ options: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** One line of the results. */
export type ItemResult =
  | { bucket: string; key: string; result: Result }
  | { bucket?: string; key?: string; problem: Problem };

export function isBatch(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'Items' in event;
}

/**
 * Answers a batch of a Distributed Map, one result for each item in the order sent; an item that will never have a result
 * holds its problem.
 * @throws what may pass, for the whole batch: Step Functions tries it again.
 */
export async function answerItems(event: unknown, invocation?: Invocation): Promise<ItemResult[]> {
  const { Items, BatchInput } = validate(batch, event, 'The batch');
  const common = BatchInput?.options ?? {};
  measure('BatchSize', Items.length);
  const time = new TimeLeft(invocation);
  return inParallel(Items, AT_ONCE, async (item) => {
    if (!time.suffices()) throw new FreezeframeError('time-short', 'There is not enough time left for the batch');
    return time.spend(() => answerItem(item, common));
  });
}

async function answerItem(item: unknown, common: Record<string, unknown>): Promise<ItemResult> {
  let named: { bucket?: string; key?: string } = {};
  try {
    const request = validate(jobRequest, { ...common, ...(item as object) }, 'The item');
    const { object, options } = toJob(request, '');
    named = { bucket: object.bucket, key: object.key };
    const result = (await answer({ picture: await readObject(object) }, options)) as Result;
    return { ...(named as { bucket: string; key: string }), result };
  } catch (error) {
    const problem = toProblem(error);
    if (!(error instanceof FreezeframeError) || problem.status >= 500) throw error;
    measureFailure(error);
    return { ...named, problem };
  }
}
