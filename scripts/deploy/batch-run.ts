import { randomUUID } from 'node:crypto';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { askAws } from './aws-failure.ts';

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

async function stepFunctions() {
  const sdk = await import('@aws-sdk/client-sfn');
  return { sdk, client: new sdk.SFNClient({}) };
}

/** @returns the execution's ARN, by which it can be followed. */
export async function startBatch(stateMachine: string, input: BatchInput): Promise<string> {
  const { sdk, client } = await stepFunctions();
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
  const { sdk, client } = await stepFunctions();
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
