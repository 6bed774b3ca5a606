import { writeJson } from '../s3.ts';
import { type ResultRow, readRow } from './results-table.ts';

/** Times that a document is written again because a newer result appeared meanwhile. */
const MOST = 5;

/** Documents whose address cannot be that of their picture. */
const BY_ID = 'by-id/';

/** What S3 takes as a key, in UTF-8. Bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Where the document of a picture is in the results bucket: `KEY.json` for pictures of the uploads bucket. Pictures of other
 * buckets may have the same keys, and S3 has no room for five more characters behind the longest ones: `by-id/ID.json`.
 */
function documentKey({ id, bucket, key }: Pick<ResultRow, 'id' | 'bucket' | 'key'>): string {
  const beside = `${key}.json`;
  const fits = Buffer.byteLength(beside) <= MAX_KEY_BYTES && !key.startsWith(BY_ID);
  return bucket === process.env.UPLOADS_BUCKET && fits ? beside : `${BY_ID}${id}.json`;
}

/** The result object, or the problem document, with the picture that it is of. */
export function writeDocument(results: string, row: ResultRow): Promise<void> {
  const { bucket, key, versionId, result, problem } = row;
  return writeJson({ bucket: results, key: documentKey(row) }, { bucket, key, versionId, ...(result ?? problem) });
}

/**
 * Makes the document say what the row says. S3 knows no order: an older result that is written later would stay, so after
 * each write the row is read, and where it has changed, its result is written.
 * @returns the row at last.
 */
export async function syncDocument(results: string, table: string, row: ResultRow): Promise<ResultRow> {
  let current = row;
  for (let times = 0; times < MOST; times++) {
    await writeDocument(results, current);
    const now = await readRow(table, row.id);
    if (!now || now.revision === current.revision) return current;
    current = now;
  }
  throw new Error('The row changes faster than its document can be written');
}
