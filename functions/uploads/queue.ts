import { PATIENCE } from '../shared/patience.ts';
import { FIRST_ID } from '../shared/read-message.ts';
import { lazily } from '../shared/runtime/lazily.ts';
import { firstId, type SqsRecord } from './sqs-event.ts';

/** The longest that SQS hides a message. Seconds. */
const MAX_HIDDEN_SECONDS = 12 * 3600;

/** What SQS takes as an attribute's text, for a reason: enough for a person. Characters. */
const MAX_REASON = 1_000;

/** Few messages need it: loaded when one does. */
const sqs = lazily(async () => {
  const sdk = await import('@aws-sdk/client-sqs');
  const local = Boolean(process.env.AWS_ENDPOINT_URL_SQS ?? process.env.AWS_ENDPOINT_URL);
  return {
    sdk,
    client: new sdk.SQSClient({ useQueueUrlAsEndpoint: !local, maxAttempts: 3, requestHandler: PATIENCE }),
  };
});

/** Whether a message came from the queue of uploads. Receipts have a queue, and dead letters, of their own. */
function isUpload({ eventSourceARN = '' }: SqsRecord, url: string): boolean {
  return eventSourceARN.split(':').at(-1) === url.split('/').at(-1);
}

/**
 * Puts a message that nobody will ever understand among the dead letters, with the reason, instead of having it delivered
 * until SQS does so. Ended before the delivery is over, the message is there twice, which does no harm.
 * @returns false where there is nothing to put it into.
 */
export async function setAside(record: SqsRecord, reason: string): Promise<boolean> {
  const { UPLOADS_QUEUE_URL: from, DEAD_LETTERS_URL: to } = process.env;
  if (!from || !to || !isUpload(record, from)) return false;
  const { sdk, client } = await sqs();
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const MessageAttributes = { reason: text(reason.slice(0, MAX_REASON)), [FIRST_ID]: text(firstId(record)) };
  await client.send(new sdk.SendMessageCommand({ QueueUrl: to, MessageBody: record.body, MessageAttributes }));
  return true;
}

/** Hides a message until a time (milliseconds since 1970), so that it is not delivered in vain. */
export async function putOff(record: SqsRecord, until: number): Promise<void> {
  const { UPLOADS_QUEUE_URL: from } = process.env;
  if (!from || !record.receiptHandle || !isUpload(record, from)) return;
  const { sdk, client } = await sqs();
  const VisibilityTimeout = Math.max(0, Math.min(Math.ceil((until - Date.now()) / 1000), MAX_HIDDEN_SECONDS));
  const named = { QueueUrl: from, ReceiptHandle: record.receiptHandle };
  await client.send(new sdk.ChangeMessageVisibilityCommand({ ...named, VisibilityTimeout }));
}
