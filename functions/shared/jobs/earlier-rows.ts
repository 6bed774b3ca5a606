import { earlierResultId, mayHaveEarlierRows, resultId } from './result-id.ts';
import { type ResultRow, readRow } from './results-table.ts';

/**
 * The row that a job writes: that of the object's id. A stack that was deployed before ids were made with a secret has rows
 * under ids without one, for thirty days. There a job goes on with what it began, and finds what is newer than itself; the
 * next version has its row under the new id.
 * @param isDone whether an earlier row says that nothing is left to do for the job.
 */
export async function rowOf(
  table: string,
  bucket: string,
  key: string,
  isDone: (row: ResultRow) => boolean,
): Promise<{ readonly id: string; readonly row: ResultRow | undefined }> {
  const id = await resultId(bucket, key);
  const row = await readRow(table, id);
  if (row?.revision) return { id, row };
  const earlier = await earlierRow(table, bucket, key);
  if (earlier && (earlier.status === 'pending' || isDone(earlier))) return { id: earlier.id, row: earlier };
  return { id, row };
}

/**
 * A row as whoever has its id may see it. While a stack is being deployed, an upload may have been promised under the new id
 * and answered by the function from before, under the earlier one.
 */
export async function readResultRow(table: string, id: string): Promise<ResultRow | undefined> {
  const row = await readRow(table, id);
  if (row?.status !== 'pending' || !row.key) return row;
  const earlier = await earlierRow(table, row.bucket, row.key);
  return earlier?.revision ? earlier : row;
}

async function earlierRow(table: string, bucket: string, key: string): Promise<ResultRow | undefined> {
  return (await mayHaveEarlierRows()) ? readRow(table, earlierResultId(bucket, key)) : undefined;
}
