import type { RequestError } from '@freezeframe/inference';
import { logLine } from '../observe/log.ts';
import type { Invocation } from '../observe/observe.ts';
import { confirmAnnouncement } from './announce.ts';
import type { Job } from './job.ts';
import { settleOnce } from './once.ts';

/** What an event leaves to be done. */
export type Work =
  | { readonly kind: 'job'; readonly job: Job }
  /** An event of ours, come back from the bus: it was sent. */
  | { readonly kind: 'receipt'; readonly id: string; readonly revision: string }
  /** A part of the event that nobody will ever understand; the other parts are done. */
  | { readonly kind: 'refused'; readonly error: RequestError };

/** Fields of a request that the log names. */
const NAMED = 8;

/** Does what an event asked for. @throws RequestError of what is refused; what may pass: to be tried again. */
export async function doWork(work: Work, invocation?: Invocation): Promise<void> {
  const { RESULTS_TABLE, RESULTS_BUCKET } = process.env;
  if (work.kind === 'refused') throw work.error;
  if (work.kind === 'receipt') {
    if (RESULTS_TABLE) await confirmAnnouncement(RESULTS_TABLE, work);
  } else if (work.job.object.bucket === RESULTS_BUCKET) {
    // Each result would be an upload again, for ever and at a price.
    logLine('warn', 'object skipped: it lies in the results bucket', { revision: work.job.revision });
  } else {
    // A misspelt option is found here.
    const { revision, request } = work.job;
    if (request)
      logLine('info', 'fields that are no options', { revision, fields: Object.keys(request).slice(0, NAMED) });
    await settleOnce(work.job, invocation);
  }
}

/** The same for all events that ask for the same work: several notifications of one upload, say. */
export function workName(work: Work): string {
  if (work.kind === 'refused') return `refused ${work.error.message}`;
  if (work.kind === 'receipt') return `receipt ${work.id} ${work.revision}`;
  const { object, revision } = work.job;
  return `job ${object.bucket} ${object.key} ${revision}`;
}
