import type { Problem, Result } from '@freezeframe/inference';
import { changeItem, readItem } from '../dynamo.ts';
import type { Change } from '../dynamo-update.ts';
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
  /** What else was in the request for it; its event hands it back. */
  readonly request?: Job['request'];
  readonly result?: Result;
  readonly problem?: Problem;
  readonly model?: { readonly name: string; readonly version: string };
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** Who is sending the event, and until when nobody else may: milliseconds since 1970. */
  readonly announcer?: string;
  readonly announceAfter?: number;
  /** The event is known to have been sent. */
  readonly announcedAt?: string;
  /** Seconds since 1970; DynamoDB removes the row some time after. */
  readonly expiresAt: number;
}

/** Thirty days. Seconds. */
export const KEPT_SECONDS = 30 * 86_400;

export function readRow(table: string, id: string): Promise<ResultRow | undefined> {
  return readItem<ResultRow>(table, id);
}

/** Changes a row where the condition holds. @returns the row as it is then; undefined where the condition did not hold. */
export function changeRow(table: string, id: string, change: Change): Promise<ResultRow | undefined> {
  return changeItem<ResultRow>(table, id, change);
}

/** What a job found: a result, or the problem of a picture that will never have one. */
export type Finding = { readonly result: Result } | { readonly problem: Problem };

/**
 * Writes what a job found, unless a newer version has been answered meanwhile.
 * @param before the row as it was when the job began: a job without a sequencer does not replace what came after that.
 * @returns the row as it is now: the job's own, or the newer one that stays (`revision` tells).
 */
export async function writeRow(
  table: string,
  id: string,
  job: Job,
  finding: Finding,
  before: ResultRow | undefined,
  now = new Date(),
): Promise<ResultRow> {
  const { bucket, key, versionId } = job.object;
  const failed = 'problem' in finding;
  const time = now.toISOString();
  const mine = {
    versionId,
    request: job.request,
    ...finding,
    ...(failed ? {} : { model: finding.result.model }),
    ...(job.sequencer ? { sequencer: job.sequencer, sequence: sequenceOf(job.sequencer) } : {}),
  };
  const set = {
    ...Object.fromEntries(Object.entries(mine).filter(([, value]) => value !== undefined)),
    status: failed ? 'failed' : 'done',
    bucket,
    key,
    revision: job.revision,
    updatedAt: time,
    expiresAt: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
  };
  const others = ['versionId', 'request', 'result', 'problem', 'model', 'announcer', 'announceAfter', 'announcedAt'];
  const change = {
    set,
    remove: others.filter((name) => !(name in set)),
    keep: { createdAt: time },
    ...condition(job, before),
  };
  // Not written: there is a newer one, or it was written, and the answer that said so got lost.
  const row = (await changeRow(table, id, change)) ?? (await readRow(table, id));
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
