import { busEvent } from './bus-event.ts';
import { inferRequest } from './infer-request.ts';
import { itemBatch } from './item-batch.ts';
import { jobRequest } from './job-request.ts';
import type { AnsweredEvent, WorkEvent } from './kind.ts';
import { question } from './question.ts';
import { s3Notification } from './s3-notification.ts';

// A function is bundled with the list that it uses alone: modules here do nothing when they are loaded, as `sideEffects` of
// package.json says.

/** What a message of the queue may hold. The first kind that recognises it reads it. */
export const MESSAGES: readonly WorkEvent[] = [s3Notification, busEvent, jobRequest];

/** What the function `classify` may be invoked with. The last kind recognises everything, and says what is wrong with it. */
export const INVOCATIONS: readonly (WorkEvent | AnsweredEvent)[] = [inferRequest, itemBatch, busEvent, question];
