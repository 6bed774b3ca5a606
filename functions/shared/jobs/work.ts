import { logLine } from '../observe/log.ts';
import type { Invocation } from '../observe/observe.ts';
import { confirmAnnouncement } from './announce.ts';
import type { Job } from './job.ts';
import { settleOnce } from './once.ts';

/** What an event leaves to be done. */
export type Work =
  | { readonly kind: 'job'; readonly job: Job }
  /** An event of ours, come back from the bus: it was sent. */
  | { readonly kind: 'receipt'; readonly id: string; readonly revision: string };

/** Does what an event asked for. @throws what may pass: to be tried again. */
export async function doWork(work: Work, invocation?: Invocation): Promise<void> {
  const { RESULTS_TABLE, RESULTS_BUCKET } = process.env;
  if (work.kind === 'receipt') {
    if (RESULTS_TABLE) await confirmAnnouncement(RESULTS_TABLE, work);
  } else if (work.job.object.bucket === RESULTS_BUCKET) {
    // Each result would be an upload again, for ever and at a price.
    logLine('warn', 'object skipped: it lies in the results bucket', { id: work.job.id });
  } else await settleOnce(work.job, invocation);
}

/** The same for all events that ask for the same work: several notifications of one upload, say. */
export function workName(work: Work): string {
  const { id, revision } = work.kind === 'receipt' ? work : work.job;
  return `${work.kind} ${id} ${revision}`;
}
