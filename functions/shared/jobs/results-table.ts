import type { Problem, Result } from '@freezeframe/inference';
import { lazily } from '../runtime/lazily.ts';
import type { Job } from './job.ts';
import { sequenceOf } from './sequencer.ts';

/** A row of the results table. One for each object: the newest version's. */
export interface ResultRow {
  readonly id: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly sequencer?: string;
  /** `sequencer` as it sorts. */
  readonly sequence?: string;
  /** Which job the row is of. */
  readonly revision?: string;
  readonly result?: Result;
  readonly problem?: Problem;
  readonly model?: { readonly name: string; readonly version: string };
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** Who may send the event, and until when nobody else: milliseconds since 1970. */
  readonly announcer?: string;
  readonly announceAfter?: number;
  /** The event is known to have been sent. */
  readonly announcedAt?: string;
  /** Seconds since 1970; DynamoDB removes the row some time after. */
  readonly expiresAt: number;
}

/** Thirty days. Seconds. */
const KEPT_SECONDS = 30 * 86_400;

/** The SDK takes longer to load than the model: only functions that keep results do, and they once. */
const dynamo = lazily(async () => {
  const [{ DynamoDBClient }, { DynamoDBDocumentClient, GetCommand, UpdateCommand }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return { documents, GetCommand, UpdateCommand };
});

export async function readRow(table: string, id: string): Promise<ResultRow | undefined> {
  const { documents, GetCommand } = await dynamo();
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
  return Item as ResultRow | undefined;
}

interface Change {
  /** Attribute -> its new value. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Set only where there is none yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
  /** A condition expression: `#name` is an attribute, `:name` one of `values`. */
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Changes a row where the condition holds. @returns the row as it is then; undefined where the condition did not hold. */
export async function changeRow(table: string, id: string, change: Change): Promise<ResultRow | undefined> {
  const { documents, UpdateCommand } = await dynamo();
  const { set, keep = {}, remove = [], where, values } = change;
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :set_${name}`),
    ...Object.keys(keep).map((name) => `#${name} = if_not_exists(#${name}, :set_${name})`),
  ];
  const removes = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '';
  const named = [...Object.keys(set), ...Object.keys(keep), ...remove, ...(where.match(/#\w+/g) ?? [])];
  const prefixed = (record: Readonly<Record<string, unknown>>, prefix: string) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]));
  const command = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: `SET ${sets.join(', ')}${removes}`,
    ConditionExpression: where,
    ReturnValues: 'ALL_NEW',
    ExpressionAttributeNames: Object.fromEntries(
      named.map((name) => name.replace('#', '')).map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...prefixed(set, ':set_'),
      ...prefixed(keep, ':set_'),
      ...prefixed(values, ':'),
    },
  });
  try {
    return (await documents.send(command)).Attributes as ResultRow;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}

/** What a job found: a result, or the problem of a picture that will never have one. */
export type Finding = { readonly result: Result } | { readonly problem: Problem };

/** Who may announce a row that is written now. */
export type Lease = Pick<Required<ResultRow>, 'announcer' | 'announceAfter'>;

/**
 * Writes what a job found, unless a newer version has been answered meanwhile.
 * @param before the row as it was when the job began: a job without a sequencer does not replace what came after that.
 * @returns the row as it is now: the job's own, or the newer one that stays (`revision` tells).
 */
export async function writeRow(
  table: string,
  job: Job,
  finding: Finding,
  lease: Lease | undefined,
  before: ResultRow | undefined,
  now = new Date(),
): Promise<ResultRow> {
  const { bucket, key, versionId } = job.object;
  const failed = 'problem' in finding;
  const time = now.toISOString();
  const set = {
    status: failed ? 'failed' : 'done',
    bucket,
    key,
    revision: job.revision,
    ...finding,
    updatedAt: time,
    expiresAt: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
    ...(versionId ? { versionId } : {}),
    ...(failed ? {} : { model: finding.result.model }),
    ...(job.sequencer ? { sequencer: job.sequencer, sequence: sequenceOf(job.sequencer) } : {}),
    ...lease,
  };
  const gone = [...(failed ? ['result', 'model'] : ['problem']), ...(versionId ? [] : ['versionId']), 'announcedAt'];
  const remove = lease ? gone : [...gone, 'announcer', 'announceAfter'];
  const change = { set, remove, keep: { createdAt: time }, ...condition(job, before) };
  // Not written: there is a newer one, or it was written, and the answer that said so got lost.
  const row = (await changeRow(table, job.id, change)) ?? (await readRow(table, job.id));
  if (row) return row;
  throw new Error('The row was removed while it was written');
}

function condition(job: Job, before: ResultRow | undefined): Pick<Change, 'where' | 'values'> {
  if (job.sequencer) {
    const values = { sequence: sequenceOf(job.sequencer) };
    return { where: 'attribute_not_exists(#sequence) OR #sequence < :sequence', values };
  }
  // The row as it was seen: neither a newer upload nor another job has written since.
  return before?.revision
    ? { where: '#revision = :seen', values: { seen: before.revision } }
    : { where: 'attribute_not_exists(#revision)', values: {} };
}
