import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readResultRow } from '../../../../functions/shared/jobs/earlier-rows.ts';
import { createJob } from '../../../../functions/shared/jobs/job.ts';
import { earlierResultId, resultId } from '../../../../functions/shared/jobs/result-id.ts';
import { settleJob } from '../../../../functions/shared/jobs/settle.ts';
import { useAws } from '../../../aws/use-aws.ts';
import { useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

useModels();
const aws = useAws({ SECRETS_TABLE: 'secrets-0', RESULTS_TABLE: 'results', EVENT_BUS: 'bus' });
const object = { bucket: 'b', key: 'k' };
const job = (sequencer: string) => createJob({ object, sequencer }, 'm');
const rows = () => [...aws.dynamo.table('results').keys()];
const told = () => aws.events.map(({ detail }) => [detail.id, detail.revision]);
const EARLIER = earlierResultId('b', 'k');

/** What a stack has that was deployed before ids were made with a secret. */
const earlier = (more: Record<string, unknown>) =>
  aws.dynamo.table('results').set(EARLIER, {
    id: { S: EARLIER },
    bucket: { S: 'b' },
    key: { S: 'k' },
    createdAt: { S: 'then' },
    expiresAt: { N: '9999999999' },
    ...more,
  } as never);
const settled = (sequencer: string, more = {}) =>
  earlier({
    status: { S: 'done' },
    sequence: { S: sequencer.padEnd(64, '0') },
    revision: { S: `s-${sequencer}` },
    result: { M: {} },
    ...more,
  });

let table = 0;
beforeEach(async () => {
  // Its secret is read once a process.
  process.env.SECRETS_TABLE = `secrets-${++table}`;
  aws.dynamo.tables.clear();
  aws.events.length = 0;
  aws.objects.set('b/k', await plainPicture('red'));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});

describe('the id of a result', () => {
  it('is the same for all who ask, and another for each object and each stack', async () => {
    const ids = await Promise.all([resultId('b', 'k'), resultId('b', 'k'), resultId('b', 'l'), resultId('c', 'k')]);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
    expect(aws.dynamo.table(process.env.SECRETS_TABLE as string).size).toBe(1);
    process.env.SECRETS_TABLE = 'another-stack';
    expect(await resultId('b', 'k')).not.toBe(ids[0]);
  });

  it('is found by nobody who knows bucket and key alone', async () => {
    await settleJob(job('0A'));
    expect(rows()).toEqual([await resultId('b', 'k')]);
    expect(rows()).not.toContain(EARLIER);
  });

  it('is asked for again where the table could not be read', async () => {
    aws.fault = (_, operation) => (operation === 'GetItem' ? 'error-before' : undefined);
    await expect(resultId('b', 'k')).rejects.toThrow();
    aws.fault = () => undefined;
    expect(await resultId('b', 'k')).toMatch(/^[\w-]{22}$/);
  });
});

describe('a row under an earlier id', () => {
  it('keeps an upload that was promised under it', async () => {
    earlier({ status: { S: 'pending' } });
    await settleJob(job('0A'));
    expect(rows()).toEqual([EARLIER]);
    expect(told()).toEqual([[EARLIER, 's-0A']]);
  });

  it('lets no event be sent twice, and no older version win', async () => {
    settled('0B', { announcedAt: { S: 'then' } });
    await settleJob(job('0B'));
    await settleJob(job('0A'));
    expect(told()).toEqual([]);
    expect(rows()).toEqual([EARLIER]);
  });

  it('stays as it is when the next version has its row', async () => {
    settled('0B', { announcedAt: { S: 'then' } });
    await settleJob(job('0C'));
    const id = await resultId('b', 'k');
    expect(rows()).toEqual([EARLIER, id]);
    expect(told()).toEqual([[id, 's-0C']]);
    expect(await readResultRow('results', EARLIER)).toMatchObject({ revision: 's-0B' });
  });

  it('answers for an upload that was promised under the new one while the stack was being deployed', async () => {
    const id = await resultId('b', 'k');
    const pending = { id: { S: id }, status: { S: 'pending' }, bucket: { S: 'b' }, key: { S: 'k' } };
    aws.dynamo.table('results').set(id, pending as never);
    expect(await readResultRow('results', id)).toMatchObject({ status: 'pending' });
    settled('0A');
    expect(await readResultRow('results', id)).toMatchObject({ status: 'done', revision: 's-0A' });
  });

  it('is looked for no longer than rows are kept', async () => {
    const since = String(Date.now() - 31 * 86_400_000);
    const secret = { id: { S: 'result-ids' }, secret: { S: 's' }, since: { N: since } };
    aws.dynamo.table(process.env.SECRETS_TABLE as string).set('result-ids', secret as never);
    settled('0B');
    await settleJob(job('0A'));
    expect(rows()).toHaveLength(2);
  });
});
