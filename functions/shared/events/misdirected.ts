import { expected, RequestError } from '@freezeframe/inference';
import { fieldsOf } from '../record.ts';

/** What comes without being asked for where somebody wires up the wrong function, and where it belongs. */
const WHERE: Readonly<Record<string, string>> = {
  'aws:s3': 'Send the notifications to the queue of uploads, which the function uploads reads.',
  'aws:sns': 'Subscribe the queue of uploads to the topic; the function uploads reads it.',
  'aws:sqs': 'Give the queue to the function uploads.',
  'an HTTP request': 'Call the function http.',
};
const ELSEWHERE = 'Put {"bucket", "key"} into the queue of uploads for each picture, or invoke classify with one.';

/**
 * Refuses an event of a sender whose events nobody here takes, by the sender's name.
 * @param taken what the function is there for. @throws RequestError `request-invalid`.
 */
export function refuseMisdirected(event: unknown, taken: string): void {
  const sender = senderOf(event);
  if (sender === undefined) return;
  throw new RequestError('request-invalid', expected(taken, 'the event', sender), {
    remedy: WHERE[sender] ?? ELSEWHERE,
  });
}

/** Undefined where an event does not say. */
export function senderOf(event: unknown): string | undefined {
  // A pipe hands over the records alone; Kafka and MQ name themselves beside them.
  const { Records = event, eventSource, awslogs, deliveryStreamArn, httpMethod, rawPath } = fieldsOf(event);
  const [first] = Array.isArray(Records) ? Records : [];
  const named = fieldsOf(first).eventSource ?? fieldsOf(first).EventSource ?? eventSource;
  if (typeof named === 'string') return named;
  if (awslogs !== undefined) return 'aws:logs';
  if (deliveryStreamArn !== undefined) return 'aws:firehose';
  return typeof httpMethod === 'string' || typeof rawPath === 'string' ? 'an HTTP request' : undefined;
}
