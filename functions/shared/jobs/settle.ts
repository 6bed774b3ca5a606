import { FreezeframeError, type Result, toProblem } from '@freezeframe/inference';
import { answer } from '../answer.ts';
import { logLine } from '../observe/log.ts';
import { measureFailure } from '../observe/metrics.ts';
import { readObject } from '../s3.ts';
import { announce, eventDetail, newLease, PICTURE_CLASSIFIED } from './announce.ts';
import type { Job } from './job.ts';
import { syncDocument, writeDocument } from './result-document.ts';
import { type Finding, type ResultRow, readRow, writeRow } from './results-table.ts';
import { sendEvent } from './send-event.ts';
import { sequenceOf } from './sequencer.ts';

/**
 * Answers a job: row, document, event, in this order, each of them only if it is not there yet. It may end anywhere and be
 * begun again: what was done is found in the row, what was not is done.
 * @throws what may pass (S3 or DynamoDB is slow, the model does not load, an event is in doubt): to be tried again.
 */
export async function settleJob(job: Job): Promise<void> {
  const { RESULTS_TABLE: table, RESULTS_BUCKET: results, EVENT_BUS: bus } = process.env;
  const before = table ? await readRow(table, job.id) : undefined;
  if (before && isNewer(before, job)) return superseded(job, before);
  // Without a table nothing is known of earlier deliveries.
  if (!table) return settleWithoutTable(job, await find(job), results, bus);

  let row = before?.revision === job.revision ? before : undefined;
  const lease = row || !bus ? undefined : newLease();
  if (!row) {
    row = await writeRow(table, job, await find(job), lease, before);
    if (row.revision !== job.revision) return superseded(job, row);
  }
  if (row.announcedAt) return;
  if (results) row = await syncDocument(results, table, row);
  if (bus && row.revision === job.revision) await announce(bus, table, row, lease);
}

/** The row is of a newer version than the job. */
function isNewer(row: ResultRow, { sequencer }: Job): boolean {
  return sequencer !== undefined && row.sequence !== undefined && row.sequence > sequenceOf(sequencer);
}

/** A newer result stands; the document may be what an older job left behind when it died. */
async function superseded(job: Job, row: ResultRow): Promise<void> {
  const { RESULTS_TABLE: table = '', RESULTS_BUCKET: results } = process.env;
  logLine('info', 'picture superseded', { id: job.id });
  if (results) await syncDocument(results, table, row);
}

async function settleWithoutTable(job: Job, finding: Finding, results?: string, bus?: string): Promise<void> {
  const { bucket, key, versionId } = job.object;
  if (results) await writeDocument(results, key, finding);
  const row = { ...job, ...finding, bucket, key, versionId } as unknown as ResultRow;
  if (bus) await sendEvent(bus, PICTURE_CLASSIFIED, eventDetail(row));
}

/** The result, or the problem of a picture that will never have one. */
async function find(job: Job): Promise<Finding> {
  const started = performance.now();
  const { id } = job;
  const ms = () => Math.round(performance.now() - started);
  try {
    const result = (await answer({ picture: await readObject(job.object) }, job.options)) as Result;
    logLine('info', 'picture classified', { id, ms: ms(), model: result.model });
    return { result };
  } catch (error) {
    const problem = toProblem(error);
    // What the sender could change has a status below 500; anything else may pass.
    if (!(error instanceof FreezeframeError) || problem.status >= 500) throw error;
    measureFailure(error);
    logLine('warn', 'picture refused', { id, ms: ms(), problem });
    return { problem };
  }
}
