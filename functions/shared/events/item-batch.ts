import { FreezeframeError, type Problem, type Result, toProblem } from '@freezeframe/inference';
import * as z from 'zod/mini';
import { answer } from '../answer.ts';
import { resultTooLarge } from '../answer-too-large.ts';
import type { Job } from '../jobs/job.ts';
import { measure, measureFailure } from '../observe/metrics.ts';
import type { Invocation } from '../observe/observe.ts';
import { inParallel } from '../runtime/pool.ts';
import { TimeLeft } from '../runtime/time-left.ts';
import { readObject } from '../s3.ts';
import { validate } from '../validate.ts';
import { readJob } from './job-request.ts';
import { type AnsweredEvent, hasField } from './kind.ts';
import { isFolderMarker } from './s3-notification.ts';

/** As for the uploads function: reading is waiting. */
const AT_ONCE = 4;

/**
 * What Step Functions takes from a state, less what it says of the call besides. Above it the whole batch fails, and is not tried
 * again. Bytes.
 */
const MAX_LINES_BYTES = 252 * 1024;

/** What Step Functions' ItemBatcher makes of the objects that a Distributed Map lists. */
const schema = z.object({
  Items: z.array(z.unknown()).check(z.minLength(1), z.maxLength(1_000)),
  /** What all of them have in common: the model, say. */
  BatchInput: z.optional(z.object({ options: z.optional(z.record(z.string(), z.unknown())) })),
  /** Whether there was too little time for all of it before: what fits is to be answered. */
  WhatFits: z.optional(z.boolean()),
});

/** One line of the results. */
type ItemResult = Pick<Job, 'request'> &
  ({ bucket: string; key: string; result: Result } | { bucket?: string; key?: string; problem: Problem });

/**
 * A batch of a Distributed Map. It gets one line for each item in the order sent; an item that will never have a result
 * holds its problem, as does one whose result is too large to be told with the others. A folder has none. What may pass is
 * thrown for the whole batch: Step Functions tries it again. So is want of time, once: where there is too little again, a cold
 * start was not the reason, and what fits is answered.
 */
export const itemBatch: AnsweredEvent = { recognises: (event) => hasField(event, 'Items'), answer: answerItems };

async function answerItems(event: unknown, invocation?: Invocation): Promise<ItemResult[]> {
  const { Items, BatchInput, WhatFits = false } = validate(schema, event, 'The batch');
  const common = BatchInput?.options ?? {};
  measure('BatchSize', Items.length);
  const time = new TimeLeft(invocation);
  const lines = await inParallel(Items, AT_ONCE, (item) => answerItem(item, common, time, WhatFits));
  return fitting(lines.flat());
}

/** Where all lines are too much together, those that take more than their part hold a problem in place of their result. */
function fitting(lines: ItemResult[]): ItemResult[] {
  const sizes = lines.map((line) => Buffer.byteLength(JSON.stringify(line)) + 1);
  if (sizes.reduce((sum, size) => sum + size, 0) <= MAX_LINES_BYTES) return lines;
  const part = Math.floor(MAX_LINES_BYTES / lines.length);
  return lines.map((line, index) => {
    const size = sizes[index] as number;
    if (size <= part || !('result' in line)) return line;
    const { result: _, ...named } = line;
    const error = resultTooLarge(size, part);
    measureFailure(error);
    return { ...named, problem: toProblem(error) };
  });
}

/** @param whatFits whether an item for which there is no time left holds that as its problem. */
async function answerItem(
  item: unknown,
  common: Record<string, unknown>,
  time: TimeLeft,
  whatFits: boolean,
): Promise<ItemResult[]> {
  let named: { bucket?: string; key?: string } & Pick<Job, 'request'> = {};
  try {
    const { object, options, request } = readJob({ ...common, ...(item as object) }, 'The item', '');
    named = { bucket: object.bucket, key: object.key, ...(request ? { request } : {}) };
    if (!time.suffices()) throw new FreezeframeError('time-short', 'There is not enough time left for the batch');
    return await time.spend(async () => {
      const picture = await readObject(object);
      if (isFolderMarker({ key: object.key, size: picture.length })) return [];
      const result = (await answer({ picture }, options)) as Result;
      return [{ ...(named as { bucket: string; key: string }), result }];
    });
  } catch (error) {
    const problem = toProblem(error);
    if (!(error instanceof FreezeframeError)) throw error;
    if (problem.status >= 500 && !(whatFits && error.code === 'time-short')) throw error;
    measureFailure(error);
    return [{ ...named, problem }];
  }
}
