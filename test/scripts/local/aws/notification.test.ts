import { describe, expect, it } from 'vitest';
import { failedMessages, sqsEvent } from '../../../../scripts/local/aws/notification.ts';

describe('failedMessages', () => {
  const ids = ['a', 'b'];
  it.each([
    ['nothing', null, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['one of two', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'c' }] }, ids],
    ['a message without a name', { batchItemFailures: [{}] }, ids],
    ['no list', { batchItemFailures: 'b' }, ids],
  ])('reads %s as SQS does', (_, result, failed) => {
    expect([...failedMessages(result, ids)]).toEqual(failed);
  });
});

describe('sqsEvent', () => {
  it('encodes the key as S3 does', () => {
    const { Records } = sqsEvent([{ messageId: '1', bucket: 'b', key: 'a b/ü+.jpg', bytes: 3, attempt: 2 }]) as {
      Records: { body: string; attributes: Record<string, string> }[];
    };
    const notification = JSON.parse(Records[0]?.body ?? '');
    expect(notification.Records[0].s3.object).toMatchObject({ key: 'a+b/%C3%BC%2B.jpg', size: 3 });
    expect(Records[0]?.attributes.ApproximateReceiveCount).toBe('2');
  });
});
