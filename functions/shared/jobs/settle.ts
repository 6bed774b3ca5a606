import { FreezeframeError, type Result, toProblem } from '@freezeframe/inference';
import { answer } from '../answer.ts';
import { resultTooLarge } from '../answer-too-large.ts';
import { logLine } from '../observe/log.ts';
import { measureFailure } from '../observe/metrics.ts';
import { readObject } from '../s3.ts';
import { announce, eventDetail, PICTURE_CLASSIFIED } from './announce.ts';
import { rowOf } from './earlier-rows.ts';
import type { Job } from './job.ts';
import { syncDocument, writeDocument } from './result-document.ts';
import { resultId } from './result-id.ts';
import { type Finding, type ResultRow, writeRow } from './results-table.ts';
import { sendEvent } from './send-event.ts';
import { sequenceOf } from './sequencer.ts';

/** An event takes 256 KB, with what its request held besides (`MAX_MORE_BYTES`). Bytes. */
const MAX_RESULT_BYTES = 128 * 1024;

/**
 * Answers a job: row, document, event, in this order, each of them only if it is not there yet. It may end anywhere and be
 * begun again: what was done is found in the row, what was not is done.
 * @returns the id of its result.
 * @throws what may pass (S3 or DynamoDB is slow, the model does not load, an event is in doubt): to be tried again.
 */
export async function settleJob(job: Job): Promise<string> {
  const { RESULTS_TABLE: table, RESULTS_BUCKET: results, EVENT_BUS: bus } = process.env;
  // Without a table nothing is known of earlier deliveries.
  if (!table) return settleWithoutTable(job, results, bus);

  const { bucket, key } = job.object;
  const { id, row: before } = await rowOf(
    table,
    bucket,
    key,
    (found) => found.revision === job.revision || isNewer(found, job),
  );
  const superseded = async (newer: ResultRow) => {
    logLine('info', 'picture superseded', { id });
    // The document may be what an older job left behind when it died.
    if (results) await syncDocument(results, table, newer);
    return id;
  };
  if (before && isNewer(before, job)) return superseded(before);
  let row = before;
  if (row?.revision !== job.revision) {
    row = await writeRow(table, id, job, await find(job, id), before);
    if (row.revision !== job.revision) return superseded(row);
  }
  if (row.announcedAt) return id;
  if (results) row = await syncDocument(results, table, row);
  if (bus && row.revision === job.revision) await announce(bus, table, row);
  return id;
}

/** The row is of a newer version than the job. */
function isNewer(row: ResultRow, { sequencer }: Job): boolean {
  return sequencer !== undefined && row.sequence !== undefined && row.sequence > sequenceOf(sequencer);
}

async function settleWithoutTable(job: Job, results?: string, bus?: string): Promise<string> {
  const { bucket, key, versionId } = job.object;
  const id = await resultId(bucket, key);
  const row = { ...job, id, bucket, key, versionId, ...(await find(job, id)) } as unknown as ResultRow;
  if (results) await writeDocument(results, row);
  if (bus) await sendEvent(bus, PICTURE_CLASSIFIED, eventDetail(row));
  return id;
}

/** @throws FreezeframeError `result-too-large`, which DynamoDB and EventBridge would say again at every delivery. */
function checkSize(result: Result): void {
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes > MAX_RESULT_BYTES) throw resultTooLarge(bytes, MAX_RESULT_BYTES);
}

/** The result, or the problem of a picture that will never have one. */
async function find(job: Job, id: string): Promise<Finding> {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  try {
    const result = (await answer({ picture: await readObject(job.object) }, job.options)) as Result;
    checkSize(result);
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
