import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { confirmAnnouncement, eventDetail } from '../../../../functions/shared/jobs/announce.ts';
import { createJob } from '../../../../functions/shared/jobs/job.ts';
import { IN_PROGRESS, settleOnce } from '../../../../functions/shared/jobs/once.ts';
import { earlierResultId } from '../../../../functions/shared/jobs/result-id.ts';
import { settleJob } from '../../../../functions/shared/jobs/settle.ts';
import { eTagOf } from '../../../aws/fake-aws.ts';
import { useAws } from '../../../aws/use-aws.ts';
import { colourModel, tellingModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

useModels([colourModel(), tellingModel()]);
const aws = useAws();
const ENVIRONMENT = {
  RESULTS_TABLE: 'results',
  RESULTS_BUCKET: 'documents',
  IDEMPOTENCY_TABLE: 'idempotency',
  EVENT_BUS: 'bus',
  EVENT_LEASE_SECONDS: '60',
  UPLOADS_BUCKET: 'b',
};
const ID = earlierResultId('b', 'k');
const object = { bucket: 'b', key: 'k' };
const job = (sequencer?: string, message = 'm') => createJob({ object, sequencer }, message);
const row = () => {
  const item = aws.dynamo.table('results').get(ID);
  return item && unmarshall(item as never);
};
const document = () => JSON.parse(String(aws.objects.get('documents/k.json')));
const told = () => aws.events.map(({ detail }) => detail.revision);
const label = (found: { predictions: { label: string }[] }) => found.predictions[0]?.label;

beforeEach(async () => {
  Object.assign(process.env, ENVIRONMENT);
  aws.dynamo.tables.clear();
  aws.objects.clear();
  aws.events.length = 0;
  aws.objects.set('b/k', await plainPicture('red'));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});
afterEach(() => {
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
});

/** The nth call of an operation goes wrong. */
function failing(operation: string, fault: 'error-before' | 'error-after' | 'throttle', times = 3): void {
  let left = times;
  aws.fault = (_, called) => (called === operation && left-- > 0 ? fault : undefined);
}

describe('settleJob', () => {
  it('writes the row, the document and the event', async () => {
    await settleJob(job('0A'));
    expect(row()).toMatchObject({ id: ID, status: 'done', bucket: 'b', key: 'k', sequencer: '0A' });
    expect(row()?.model).toEqual({ name: 'colours', version: '1' });
    expect(row()?.expiresAt - Date.now() / 1000).toBeCloseTo(30 * 86_400, -2);
    expect(row()?.announcedAt).toBeDefined();
    expect(label(document())).toBe('red');
    expect(aws.events).toEqual([
      expect.objectContaining({ source: 'freezeframe', 'detail-type': 'PictureClassified', detail: eventOf(row()) }),
    ]);
  });

  it('says everywhere what is none of the labels', async () => {
    aws.objects.set('b/k', await plainPicture('grey'));
    await settleJob(createJob({ object, options: { model: 'telling' }, sequencer: '0A' }, 'm'));
    expect(row()?.result).toMatchObject({ known: false, predictions: [{}, {}, {}] });
    expect(document()).toMatchObject({ known: false });
    expect(aws.events[0]?.detail.result).toEqual(row()?.result);
  });

  it('turns a pending row into the answer, and keeps when it was made', async () => {
    const id = ID;
    const pending = { id: { S: id }, status: { S: 'pending' }, createdAt: { S: 'then' }, expiresAt: { N: '1' } };
    aws.dynamo.table('results').set(id, pending);
    await settleJob(job('0A'));
    expect(row()).toMatchObject({ status: 'done', createdAt: 'then' });
  });

  it('records what can never be answered, and takes it back when a newer version can', async () => {
    aws.objects.set('b/k', Buffer.from('no picture'));
    await settleJob(job('0A'));
    expect(row()).toMatchObject({ status: 'failed', problem: { type: expect.stringContaining('picture-') } });
    expect(row()).not.toHaveProperty('result');
    expect(aws.events[0]?.detail.problem).toEqual(row()?.problem);
    aws.objects.set('b/k', await plainPicture('blue'));
    await settleJob(job('0B'));
    expect(row()).toMatchObject({ status: 'done', sequencer: '0B' });
    expect(row()).not.toHaveProperty('problem');
    expect(told()).toEqual(['s-0A', 's-0B']);
  });

  it('never lets an older version replace a newer one, in whatever order and form', async () => {
    await settleJob(job('41'));
    aws.objects.set('b/k', await plainPicture('blue'));
    aws.objects.set('documents/k.json', Buffer.from('"what an older job left behind"'));
    await settleJob(job('3FFF'));
    expect(row()).toMatchObject({ sequencer: '41' });
    expect(label(row()?.result)).toBe('red');
    expect(document()).toEqual({ bucket: 'b', key: 'k', ...row()?.result });
    expect(told()).toEqual(['s-41']);
  });

  it('lets a newer version win that comes while an older one is being answered', async () => {
    const newer = { S: 'F'.padEnd(64, '0') };
    aws.fault = (_, operation) => {
      const id = ID;
      const found = {
        id: { S: id },
        revision: { S: 's-F' },
        sequence: newer,
        key: { S: 'k' },
        bucket: { S: 'b' },
        result: { M: {} },
      };
      if (operation === 'UpdateItem' && !row()) aws.dynamo.table('results').set(id, found);
      return undefined;
    };
    await settleJob(job('0A'));
    expect(row()?.revision).toBe('s-F');
    expect(told()).toEqual([]);
    expect(document()).toEqual({ bucket: 'b', key: 'k' });
  });

  it('answers a job again where another one asks, not where the same does', async () => {
    await settleJob(job(undefined, 'first'));
    await settleJob(job(undefined, 'first'));
    expect(told()).toEqual(['m-first']);
    await settleJob(job(undefined, 'second'));
    expect(told()).toEqual(['m-first', 'm-second']);
  });

  it('does nothing twice that was done', async () => {
    await settleJob(job('0A'));
    const reads = aws.calls.get('S3.GET');
    await settleJob(job('0a'));
    expect(aws.calls.get('S3.GET')).toBe(reads);
    expect(told()).toEqual(['s-0A']);
  });

  it('goes on where it ended: row written, event refused for certain', async () => {
    failing('PutEvents', 'throttle');
    await expect(settleJob(job('0A'))).rejects.toThrow('refused');
    expect(row()).toMatchObject({ status: 'done' });
    const reads = aws.calls.get('S3.GET');
    await settleJob(job('0A'));
    expect(told()).toEqual(['s-0A']);
    expect(aws.calls.get('S3.GET')).toBe(reads);
  });

  it.each(['error-before', 'error-after'] as const)('waits where an event may have been sent: %s', async (fault) => {
    failing('PutEvents', fault, 1);
    await expect(settleJob(job('0A'))).rejects.toThrow();
    // Nobody knows: no second one, until its receipt has come or its time is over.
    await expect(settleJob(job('0A'))).rejects.toThrow('may have been sent');
    if (fault === 'error-after') {
      await confirmAnnouncement('results', { id: ID, revision: 's-0A' });
    } else {
      const item = aws.dynamo.table('results').get(ID);
      if (item) item.announceAfter = { N: String(Date.now() - 1) };
    }
    await settleJob(job('0A'));
    expect(told()).toEqual(['s-0A']);
    expect(row()?.announcedAt).toBeDefined();
  });

  it('sends an event twice where its sender fell silent and no receipt came before the lease was over', async () => {
    process.env.EVENT_LEASE_SECONDS = '0.001';
    failing('PutEvents', 'error-after', 1);
    await expect(settleJob(job('0A'))).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await settleJob(job('0A'));
    // EventBridge knows no better. Both are the same to a consumer that looks at id and revision.
    expect(told()).toEqual(['s-0A', 's-0A']);
  });

  it.each(['UpdateItem', 'GetItem'])('is not misled by the lost answers of %s', async (operation) => {
    failing(operation, 'error-after', 2);
    await settleJob(job('0A'));
    expect(told()).toEqual(['s-0A']);
  });

  it('throws what may pass, and writes nothing', async () => {
    aws.objects.set('b/k', { status: 503, code: 'SlowDown' });
    await expect(settleJob(job('0A'))).rejects.toThrow();
    expect(row()).toBeUndefined();
    expect(aws.events).toEqual([]);
  });

  it('answers no version with the bytes of another, and says so', async () => {
    const [red, blue] = await Promise.all([plainPicture('red'), plainPicture('blue')]);
    const version = (bytes: Buffer, sequencer: string) =>
      createJob({ object: { ...object, eTag: eTagOf(bytes) }, sequencer }, 'm');
    aws.objects.set('b/k', blue);
    await settleJob(version(red, '0A'));
    await settleJob(version(blue, '0B'));
    await settleJob(version(red, '0A'));
    expect(aws.events.map(({ detail }) => [detail.revision, detail.problem ?? label(detail.result as never)])).toEqual([
      ['s-0A', expect.objectContaining({ type: '/errors#object-overtaken', status: 409 })],
      ['s-0B', 'blue'],
    ]);
    expect(label(row()?.result)).toBe('blue');
  });

  it('keeps two documents for one key in two buckets, each saying whose it is', async () => {
    aws.objects.set('c/k', await plainPicture('blue'));
    await settleJob(job('0A'));
    await settleJob(createJob({ object: { bucket: 'c', key: 'k' }, sequencer: '0A' }, 'm'));
    const other = JSON.parse(String(aws.objects.get(`documents/by-id/${earlierResultId('c', 'k')}.json`)));
    expect([document(), other]).toMatchObject([
      { bucket: 'b', key: 'k', predictions: [{ label: 'red' }, {}, {}] },
      { bucket: 'c', key: 'k', predictions: [{ label: 'blue' }, {}, {}] },
    ]);
  });

  it.each([1_019, 1_020, 1_024])('answers a key of %i bytes', async (bytes) => {
    const key = `grüße/${'k'.repeat(bytes - 8)}`;
    expect(Buffer.byteLength(key)).toBe(bytes);
    aws.objects.set(`b/${key}`, await plainPicture('red'));
    await settleJob(createJob({ object: { bucket: 'b', key }, sequencer: '0A' }, 'm'));
    expect(told()).toEqual(['s-0A']);
    const at = bytes === 1_019 ? `${key}.json` : `by-id/${earlierResultId('b', key)}.json`;
    expect(JSON.parse(String(aws.objects.get(`documents/${at}`)))).toMatchObject({ key, model: { name: 'colours' } });
  });

  it('hands back what else was in the request, at every delivery, and no longer than it is asked for', async () => {
    const asked = (message: string, request?: Record<string, unknown>) =>
      createJob({ object, ...(request ? { request } : {}) }, message);
    failing('PutEvents', 'throttle');
    await expect(settleJob(asked('m1', { orderId: 7, nested: { a: [1] } }))).rejects.toThrow('refused');
    await settleJob(asked('m1', { orderId: 7, nested: { a: [1] } }));
    await settleJob(asked('m2'));
    expect(aws.events.map(({ detail }) => detail.request)).toEqual([{ orderId: 7, nested: { a: [1] } }, undefined]);
    expect(row()).not.toHaveProperty('request');
  });

  it('works without a table, a bucket and a bus, each for itself', async () => {
    delete process.env.RESULTS_TABLE;
    await settleJob(job('0A'));
    expect(label(document())).toBe('red');
    expect(told()).toEqual(['s-0A']);
    delete process.env.RESULTS_BUCKET;
    delete process.env.EVENT_BUS;
    await settleJob(job('0B'));
    process.env.RESULTS_TABLE = 'results';
    await settleJob(job('0C'));
    expect(row()).toMatchObject({ sequencer: '0C' });
    expect(row()).not.toHaveProperty('announceAfter');
    expect(told()).toEqual(['s-0A']);
  });
});

describe('settleOnce', () => {
  const invocation = { awsRequestId: 'r', getRemainingTimeInMillis: () => 5_000 };

  it('does a job once, and puts off whoever comes meanwhile', async () => {
    const both = await Promise.allSettled([settleOnce(job('0A'), invocation), settleOnce(job('0A'), invocation)]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason.name] : []));
    expect(refused).toEqual([IN_PROGRESS]);
    const calls = aws.calls.get('DynamoDB.GetItem');
    await settleOnce(job('0A'), invocation);
    expect(aws.calls.get('DynamoDB.GetItem')).toBe(calls);
    expect(told()).toEqual(['s-0A']);
  });

  it('keeps no key of an object in the idempotency table, and lets a failed job be tried again at once', async () => {
    failing('PutEvents', 'throttle');
    await expect(settleOnce(job('0A'), invocation)).rejects.toThrow('refused');
    await settleOnce(job('0A'), invocation);
    const records = [...aws.dynamo.table('idempotency').values()];
    expect(records).toHaveLength(1);
    expect(unmarshall(records[0] as never)).toMatchObject({
      id: expect.stringMatching(/^freezeframe#/),
      status: 'COMPLETED',
    });
    expect(told()).toEqual(['s-0A']);
  });
});

function eventOf(found: Record<string, unknown> | undefined) {
  return JSON.parse(JSON.stringify(eventDetail(found as never)));
}
