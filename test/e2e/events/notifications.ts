import { BUCKET, type Upload } from './uploads.ts';

/** As S3 does it: percent-encoded, `+` for a space, `/` left alone. */
function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}

function direct(key: string, sequencer: string): unknown {
  const s3 = { bucket: { name: BUCKET }, object: { key: encodeKey(key), size: 1, sequencer } };
  return { Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] };
}

/** One notification in a way that it may come: straight, by SNS, by EventBridge. */
function notification(key: string, sequencer: string, random: () => number): string {
  const way = random();
  const straight = direct(key, sequencer);
  if (way < 0.6) return JSON.stringify(straight);
  if (way < 0.8) {
    const envelope = { Type: 'Notification', MessageId: 'x', TopicArn: 'arn:aws:sns:us-east-1:1:t' };
    return JSON.stringify({ ...envelope, Message: JSON.stringify(straight) });
  }
  return JSON.stringify({
    version: '0',
    id: `event-${key}-${sequencer}`,
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { version: '0', bucket: { name: BUCKET }, object: { key, size: 1, sequencer }, reason: 'PutObject' },
  });
}

/** The messages about an upload: each version is notified once to three times. */
export function notificationsOf({ key, sequencers }: Upload, random: () => number): string[] {
  return sequencers.flatMap((sequencer) => {
    const times = 1 + Math.floor(random() * 3);
    return Array.from({ length: times }, () => notification(key, sequencer, random));
  });
}

/** What nobody understands: to the dead letters with it. */
export const UNKNOWN = ['not json', '{"hello":"world"}', '[]', '{"Records":[{"eventSource":"aws:dynamodb"}]}'];

export const TEST_EVENT = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET });
