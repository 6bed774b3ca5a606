import { confirmAnnouncement } from '../jobs/announce.ts';
import { settleOnce } from '../jobs/once.ts';
import { logLine } from '../observe/log.ts';
import type { Invocation } from '../observe/observe.ts';
import type { Task } from './read-message.ts';

/** Does what a message asked for. @throws what may pass: to be tried again. */
export async function doTask(task: Task, invocation?: Invocation): Promise<void> {
  const { RESULTS_TABLE, RESULTS_BUCKET } = process.env;
  if (task.kind === 'receipt') {
    if (RESULTS_TABLE) await confirmAnnouncement(RESULTS_TABLE, task);
  } else if (task.job.object.bucket === RESULTS_BUCKET) {
    // Each result would be an upload again, for ever and at a price.
    logLine('warn', 'object skipped: it lies in the results bucket', { id: task.job.id });
  } else await settleOnce(task.job, invocation);
}

/** What is the same whenever the same is asked: several notifications of one upload, say. */
export function taskName(task: Task): string {
  if (task.kind === 'receipt') return `receipt ${task.id} ${task.revision}`;
  const { id, revision } = task.job;
  return `job ${id} ${revision}`;
}
