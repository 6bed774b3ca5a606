import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expected, FreezeframeError, problemCode } from '@freezeframe/inference';
import { clientOptions } from './client-options.ts';
import { askAws } from './stack.ts';

/** What the state machine of resources/batch.asl.json is started with. */
export interface BatchInput {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly manifest?: { readonly bucket: string; readonly key: string };
  readonly options: Readonly<Record<string, unknown>>;
}

/** How far a run has come, in pictures. */
export interface BatchState {
  readonly execution: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Of the execution, where it failed. */
  readonly error?: string;
  /** JSON of the execution's output, once it is over. */
  readonly output?: string;
}

/** `s3://bucket/prefix`. @throws FreezeframeError `used-wrongly` */
export function parseS3Url(url: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket) return { bucket, key };
  throw new FreezeframeError('used-wrongly', expected('s3://bucket/prefix', 'the pictures', url));
}

/** A client where the state machine or the execution is: its ARN names the region. */
async function stepFunctions(arn: string) {
  const sdk = await import('@aws-sdk/client-sfn');
  return { sdk, client: new sdk.SFNClient(clientOptions(regionOf(arn))) };
}

/** `arn:aws:states:REGION:...`; what is no ARN says nothing. */
function regionOf(arn: string): string | undefined {
  return /^arn:[\w-]+:states:([\w-]+):/.exec(arn)?.[1];
}

/** @returns the execution's ARN, by which it can be followed. */
export async function startBatch(stateMachine: string, input: BatchInput): Promise<string> {
  const { sdk, client } = await stepFunctions(stateMachine);
  // A name of our own: asked again after a lost answer, Step Functions starts no second one.
  const request = { stateMachineArn: stateMachine, name: `batch-${randomUUID()}`, input: JSON.stringify(input) };
  const { executionArn } = await askAws(
    'The batch cannot be started',
    client.send(new sdk.StartExecutionCommand(request)),
  );
  return executionArn as string;
}

/** How far the execution has come. */
export async function readBatch(execution: string): Promise<BatchState> {
  const { sdk, client } = await stepFunctions(execution);
  const asked = client.send(new sdk.DescribeExecutionCommand({ executionArn: execution }));
  const { status = 'UNKNOWN', error, cause, output } = await askAws('The batch cannot be read', asked);
  const { mapRuns } = await askAws(
    'The batch cannot be read',
    client.send(new sdk.ListMapRunsCommand({ executionArn: execution })),
  );
  const mapRunArn = mapRuns?.[0]?.mapRunArn;
  // It begins by listing the objects.
  const run = mapRunArn
    ? await askAws('The batch cannot be read', client.send(new sdk.DescribeMapRunCommand({ mapRunArn })))
    : undefined;
  const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = run?.itemCounts ?? {};
  const lost = failed + timedOut + aborted;
  return {
    execution,
    status,
    total,
    done: succeeded + lost,
    failed: lost,
    ...(error ? { error: cause ? `${error}: ${cause}` : error } : {}),
    ...(output ? { output } : {}),
  };
}

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
  const region = regionOf(execution);
  if (!where) return summary;
  const manifest = JSON.parse(await (await read(where.bucket, where.key, region)).text()) as Manifest;
  const succeeded = manifest.ResultFiles.SUCCEEDED ?? [];
  const files = succeeded.map(({ Key }) => `s3://${manifest.DestinationBucket}/${Key}`);
  const found = { ...summary, manifest: `s3://${where.bucket}/${where.key}`, files };
  if (succeeded.reduce((sum, { Size }) => sum + Size, 0) > COUNTED_BYTES) return found;
  let answered = 0;
  const problems: Record<string, number> = {};
  for (const { Key } of succeeded) {
    const { lines } = await read(manifest.DestinationBucket, Key, region);
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

async function read(bucket: string, key: string, region: string | undefined) {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
  const local = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  const client = new S3Client({ ...clientOptions(region), forcePathStyle: local });
  const asked = client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const { Body } = await askAws(`s3://${bucket}/${key} cannot be read`, asked);
  return {
    text: async () => (await Body?.transformToString()) ?? '',
    lines: () => createInterface({ input: Body as Readable }),
  };
}
