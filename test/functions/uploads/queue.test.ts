import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handleUploads } from '../../../functions/uploads/handler.ts';
import { FakeQueue } from '../../aws/sqs.ts';
import { useAws } from '../../aws/use-aws.ts';
import { useModels } from '../models.ts';
import { plainPicture } from '../pictures.ts';

useModels();
const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/1/${name}`;
const aws = useAws({
  RESULTS_TABLE: 'results',
  EVENT_BUS: 'bus',
  UPLOADS_QUEUE_URL: url('uploads'),
  DEAD_LETTERS_URL: url('dead'),
});
let dead: FakeQueue;
let uploads: FakeQueue;

beforeEach(async () => {
  [uploads, dead] = [new FakeQueue('uploads', { visibility: 1_000 }), new FakeQueue('dead')];
  for (const queue of [uploads, dead]) aws.queues.set(queue.name, queue);
  aws.dynamo.tables.clear();
  aws.events.length = 0;
  aws.objects.set('b/k', await plainPicture('red'));
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
});

/** As Lambda delivers what the queue has. */
async function deliver(from = 'uploads') {
  const taken = uploads.receive(10);
  const Records = taken.map(({ id, body, receipt, attributes }) => ({
    messageId: id,
    body,
    receiptHandle: receipt,
    // As Lambda writes them: with small letters.
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        { stringValue: (value as { StringValue: string }).StringValue },
      ]),
    ),
    eventSourceARN: `arn:aws:sqs:eu-central-1:1:${from}`,
  }));
  const { batchItemFailures } = await handleUploads({ Records });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

describe('a message that is sent again', () => {
  it('is the job that it was, and reported by the id that it has now', async () => {
    const first = uploads.send('{"bucket":"b","key":"k"}');
    expect(await deliver()).toEqual([]);
    const again = { 'first-message-id': { DataType: 'String', StringValue: first } };
    const second = uploads.send('{"bucket":"b","key":"k"}', again);
    expect(await deliver()).toEqual([]);
    expect(aws.events.map(({ detail }) => detail.revision)).toEqual([`m-${first}`]);
    aws.fault = () => 'throttle';
    uploads.messages.clear();
    const third = uploads.send('{"bucket":"b","key":"k"}', again);
    expect(await deliver()).toEqual([third]);
    expect(third).not.toBe(second);
    aws.fault = () => undefined;
  });

  it('has its first id among the dead letters too', async () => {
    const id = uploads.send('{"hello":1}');
    expect(await deliver()).toEqual([]);
    const [letter] = dead.messages.values();
    expect(letter?.attributes).toMatchObject({ 'first-message-id': { StringValue: id }, reason: {} });
  });
});

describe('a message that nobody understands', () => {
  it('is among the dead letters at once', async () => {
    uploads.send('{"hello":1}');
    expect(await deliver()).toEqual([]);
    expect([...dead.messages.values()].map(({ body }) => body)).toEqual(['{"hello":1}']);
  });

  it('comes again where it cannot be put there, and where it is of another queue', async () => {
    const id = uploads.send('not json');
    aws.fault = (_, operation) => (operation === 'SendMessage' ? 'error-before' : undefined);
    expect(await deliver()).toEqual([id]);
    aws.fault = () => undefined;
    uploads.send('not json');
    expect(await deliver('receipts')).toHaveLength(1);
    expect(dead.messages.size).toBe(0);
  });

  it('is not what may pass: that comes again', async () => {
    aws.objects.set('b/k', { status: 503, code: 'SlowDown' });
    const id = uploads.send('{"bucket":"b","key":"k"}');
    expect(await deliver()).toEqual([id]);
    expect(dead.messages.size).toBe(0);
  });
});

describe('a message whose event is in doubt', () => {
  it('is hidden until the doubt is over, and spends no delivery', async () => {
    const id = uploads.send(JSON.stringify({ bucket: 'b', key: 'k' }));
    aws.fault = (_, operation) => (operation === 'PutEvents' ? 'error-after' : undefined);
    expect(await deliver()).toEqual([id]);
    aws.fault = () => undefined;
    const message = uploads.messages.get(id);
    Object.assign(message as object, { visibleAt: 0 });
    expect(await deliver()).toEqual([id]);
    // Two hours, which are the lease where none is set.
    expect(uploads.messages.get(id)?.visibleAt).toBeGreaterThan(Date.now() + 7_000_000);
    expect(aws.events).toHaveLength(1);
  });
});
