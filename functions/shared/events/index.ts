import { busEvent } from './bus-event.ts';
import { inferRequest } from './infer-request.ts';
import { itemBatch } from './item-batch.ts';
import { jobRequest } from './job-request.ts';
import type { AnsweredEvent, WorkEvent } from './kind.ts';
import { question } from './question.ts';
import { s3Notification } from './s3-notification.ts';

/** What a message of the queue may hold. The first kind that recognises it reads it. */
export const MESSAGES: readonly WorkEvent[] = [s3Notification, busEvent, jobRequest];

/** What the function `classify` may be invoked with. The last kind recognises everything, and says what is wrong with it. */
export const INVOCATIONS: readonly (WorkEvent | AnsweredEvent)[] = [inferRequest, itemBatch, busEvent, question];
