import { writeJson } from '../s3.ts';
import { type Finding, type ResultRow, readRow } from './results-table.ts';

/** Times that a document is written again because a newer result appeared meanwhile. */
const MOST = 5;

/** The result object, or the problem document, at `<key>.json` in the results bucket. */
export function writeDocument(bucket: string, key: string, finding: Finding): Promise<void> {
  return writeJson({ bucket, key: `${key}.json` }, 'result' in finding ? finding.result : finding.problem);
}

/**
 * Makes the document say what the row says. S3 knows no order: an older result that is written later would stay, so after
 * each write the row is read, and where it has changed, its result is written.
 * @returns the row at last.
 */
export async function syncDocument(bucket: string, table: string, row: ResultRow): Promise<ResultRow> {
  let current = row;
  for (let times = 0; times < MOST; times++) {
    await writeDocument(bucket, current.key, current as Finding);
    const now = await readRow(table, row.id);
    if (!now || now.revision === current.revision) return current;
    current = now;
  }
  throw new Error('The row changes faster than its document can be written');
}
