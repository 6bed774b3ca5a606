import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handleInvocation } from '../../../../functions/classify/handler.ts';
import { useAws } from '../../../aws/use-aws.ts';
import { colourModel, priceModel, useModels } from '../../models.ts';
import { plainPicture } from '../../pictures.ts';

/** Labels of so many characters that a result of all of them takes 3 KB. */
function wordyModel() {
  const { model, draft } = colourModel();
  const labels = ['red', 'green', 'blue'].map((label) => label.padEnd(1_000, '.'));
  const output = { ...draft.output, labels } as typeof draft.output;
  return { model, draft: { ...draft, name: 'wordy', output } };
}

useModels([colourModel(), priceModel(), wordyModel()]);
const aws = useAws({ RESULTS_TABLE: 'results', EVENT_BUS: 'bus' });
beforeEach(async () => {
  aws.objects.set('b/red.png', await plainPicture('red'));
  aws.objects.set('b/bad.png', Buffer.from('no picture'));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});

describe('a batch of a Distributed Map', () => {
  it('gets one line for each item in the order sent, the bad ones holding their problem', async () => {
    const Items = [
      { bucket: 'b', key: 'red.png' },
      { bucket: 'b', key: 'bad.png' },
      { bucket: 'b', key: 'absent.png' },
      { bucket: 'b' },
      7,
    ];
    const problem = (code: string) => ({ type: `/errors#${code}` });
    expect(await handleInvocation({ Items, BatchInput: { options: { topK: 1 } } })).toMatchObject([
      { bucket: 'b', key: 'red.png', result: { predictions: [{ label: 'red' }] } },
      { bucket: 'b', key: 'bad.png', problem: problem('picture-type-unsupported') },
      { bucket: 'b', key: 'absent.png', problem: problem('object-absent') },
      { problem: problem('request-invalid') },
      { problem: problem('request-invalid') },
    ]);
  });

  it('has no line for a folder, and hands back what else an item holds', async () => {
    const Items = [
      { bucket: 'b', key: 'photos/' },
      { bucket: 'b', key: 'red.png', orderId: 7 },
    ];
    aws.objects.set('b/photos/', Buffer.alloc(0));
    const lines = await handleInvocation({ Items });
    expect(lines).toMatchObject([{ key: 'red.png', request: { orderId: 7 }, result: { model: { name: 'colours' } } }]);
  });

  it('asks the model that all of them name, or fails each where there is none', async () => {
    const Items = [{ bucket: 'b', key: 'red.png' }];
    const named = (model: string) => handleInvocation({ Items, BatchInput: { options: { model } } });
    expect(await named('colours')).toMatchObject([{ result: { model: { name: 'colours' } } }]);
    expect(await named('nobody')).toMatchObject([{ problem: { status: 404 } }]);
  });

  it('gives no more than Step Functions takes from all items together', async () => {
    const Items = Array.from({ length: 100 }, (_, i) => ({ bucket: 'b', key: 'red.png', topK: i < 50 ? 1 : 3, i }));
    const ask = async (items: object[]) =>
      (await handleInvocation({ Items: items, BatchInput: { options: { model: 'wordy' } } })) as {
        result?: unknown;
        problem?: { type: string };
        request: { i: number };
      }[];
    // 50 of 1 KB and 50 of 3 KB are let through: what is too much is all of them together.
    expect((await ask(Items)).every(({ result }) => result)).toBe(true);
    const lines = await ask([...Items, ...Items]);
    expect(Buffer.byteLength(JSON.stringify(lines))).toBeLessThanOrEqual(256 * 1024);
    expect(lines.filter(({ result }) => result)).toHaveLength(100);
    expect(lines[199]).toMatchObject({
      problem: { type: '/errors#result-too-large', status: 422 },
      request: { i: 99 },
    });
  });

  it('throws what may pass, for Step Functions to try again', async () => {
    aws.objects.set('b/slow.png', { status: 503, code: 'SlowDown' });
    const Items = [
      { bucket: 'b', key: 'red.png' },
      { bucket: 'b', key: 'slow.png' },
    ];
    await expect(handleInvocation({ Items })).rejects.toMatchObject({ name: 'internal' });
    await expect(handleInvocation({ Items: [] })).rejects.toMatchObject({ name: 'request-invalid' });
    let left = 20_000;
    const late = { awsRequestId: 'r', getRemainingTimeInMillis: () => (left -= 10_000) };
    await expect(handleInvocation({ Items }, late)).rejects.toMatchObject({ name: 'time-short' });
  });

  it('answers those that fit where there was too little time before', async () => {
    const Items = Array.from({ length: 10 }, (_, i) => ({ bucket: 'b', key: 'red.png', i }));
    let left = 60_000;
    const slow = { awsRequestId: 'r', getRemainingTimeInMillis: () => (left -= 10_000) };
    const lines = (await handleInvocation({ Items, WhatFits: true }, slow)) as object[];
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatchObject({ result: { predictions: [{ label: 'red' }, {}, {}] }, request: { i: 0 } });
    expect(lines[9]).toMatchObject({
      bucket: 'b',
      key: 'red.png',
      problem: { type: '/errors#time-short' },
      request: { i: 9 },
    });
  });
});

describe('a request on the bus', () => {
  it('is answered where uploads are: in the table and on the bus', async () => {
    const detail = { bucket: 'b', key: 'red.png', topK: 1 };
    const event = { id: 'e1', source: 'shop', 'detail-type': 'ClassificationRequested', detail };
    expect(await handleInvocation(event)).toBeNull();
    expect(await handleInvocation(event)).toBeNull();
    expect(aws.events).toHaveLength(1);
    expect(aws.events[0]).toMatchObject({
      'detail-type': 'PictureClassified',
      detail: { bucket: 'b', key: 'red.png', result: { predictions: [{ label: 'red' }] } },
    });
    expect(aws.dynamo.table('results').size).toBe(1);
  });

  it('throws what nobody understands', async () => {
    const event = { id: 'e1', source: 'shop', 'detail-type': 'SomethingElse', detail: {} };
    await expect(handleInvocation(event)).rejects.toMatchObject({ name: 'request-invalid' });
  });
});
