import { createHash, randomUUID } from 'node:crypto';

/** An object in a bucket, and how often a message about it has been delivered. */
export interface Delivery {
  readonly messageId: string;
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** From 1. */
  readonly attempt: number;
}

/**
 * The event that Lambda makes of SQS messages which carry S3 notifications
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function sqsEvent(deliveries: readonly Delivery[]): unknown {
  return {
    Records: deliveries.map((delivery) => {
      const body = JSON.stringify(s3Notification(delivery));
      const now = String(Date.now());
      return {
        messageId: delivery.messageId,
        receiptHandle: randomUUID(),
        body,
        attributes: {
          ApproximateReceiveCount: String(delivery.attempt),
          SentTimestamp: now,
          SenderId: 'local',
          ApproximateFirstReceiveTimestamp: now,
        },
        messageAttributes: {},
        md5OfBody: createHash('md5').update(body).digest('hex'),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:uploads',
        awsRegion: 'us-east-1',
      };
    }),
  };
}

function s3Notification({ bucket, key, bytes }: Delivery): unknown {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: new Date().toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'local' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {},
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encodeKey(key), size: bytes, eTag: '', sequencer: Date.now().toString(16).padStart(16, '0') },
        },
      },
    ],
  };
}

/** As S3 does it: percent-encoded, `+` for a space, `/` left alone. */
function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}

/**
 * Which messages are to be delivered again, after a partial batch response
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html): none for an empty or absent list, those that it
 * names, and all of them for a response that makes no sense.
 */
export function failedMessages(result: unknown, messageIds: readonly string[]): ReadonlySet<string> {
  const failures = (result as { batchItemFailures?: unknown } | null)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return new Set(messageIds);
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  const known = named.every((id) => typeof id === 'string' && messageIds.includes(id));
  return new Set(known ? (named as string[]) : messageIds);
}
