import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { problemCode } from '@freezeframe/inference';
import { askAws } from './aws-failure.ts';
import type { BatchState } from './batch-run.ts';

/** What became of a batch. */
export interface BatchSummary {
  readonly execution: string;
  readonly status: string;
  readonly pictures: number;
  /** Pictures whose batch failed as a whole, and so have no line among the results. */
  readonly lost: number;
  /** Lines that hold a result, and those that hold a problem; absent where the files were too large to be counted. */
  readonly answered?: number;
  readonly problems?: Readonly<Record<string, number>>;
  /** Where the results are, JSON Lines; the manifest names the files. */
  readonly manifest?: string;
  readonly files?: readonly string[];
  readonly error?: string;
}

/** So much is read to count problems. Bytes. */
const COUNTED_BYTES = 256 * 1024 * 1024;

interface Manifest {
  DestinationBucket: string;
  ResultFiles: { SUCCEEDED?: { Key: string; Size: number }[]; FAILED?: { Key: string; Size: number }[] };
}

/**
 * Reads the manifest that Step Functions wrote, and counts what is in the files
 * (https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html).
 */
export async function summarize(state: BatchState): Promise<BatchSummary> {
  const { execution, status, total, failed, error } = state;
  const summary = { execution, status, pictures: total, lost: failed, ...(error ? { error } : {}) };
  const where = writtenTo(state.output);
  if (!where) return summary;
  const manifest = JSON.parse(await (await read(where.bucket, where.key)).text()) as Manifest;
  const succeeded = manifest.ResultFiles.SUCCEEDED ?? [];
  const files = succeeded.map(({ Key }) => `s3://${manifest.DestinationBucket}/${Key}`);
  const found = { ...summary, manifest: `s3://${where.bucket}/${where.key}`, files };
  if (succeeded.reduce((sum, { Size }) => sum + Size, 0) > COUNTED_BYTES) return found;
  let answered = 0;
  const problems: Record<string, number> = {};
  for (const { Key } of succeeded) {
    const { lines } = await read(manifest.DestinationBucket, Key);
    for await (const line of lines()) {
      if (line.trim() === '') continue;
      const { problem } = JSON.parse(line) as { problem?: { type: string } };
      if (!problem) answered++;
      else {
        const code = problemCode(problem);
        problems[code] = (problems[code] ?? 0) + 1;
      }
    }
  }
  return { ...found, answered, problems };
}

function writtenTo(output = 'null'): { bucket: string; key: string } | undefined {
  const { ResultWriterDetails } = (JSON.parse(output) ?? {}) as {
    ResultWriterDetails?: { Bucket: string; Key: string };
  };
  return ResultWriterDetails && { bucket: ResultWriterDetails.Bucket, key: ResultWriterDetails.Key };
}

async function read(bucket: string, key: string) {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
  const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  const client = new S3Client({ forcePathStyle: local });
  const asked = client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const { Body } = await askAws(`s3://${bucket}/${key} cannot be read`, asked);
  return {
    text: async () => (await Body?.transformToString()) ?? '',
    lines: () => createInterface({ input: Body as Readable }),
  };
}
