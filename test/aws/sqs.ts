import { createHash, randomUUID } from 'node:crypto';
import { Refusal } from './dynamo.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** As `SendMessage` takes them. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  received: number;
  visibleAt: number;
  receipt: string;
}

export interface QueueOptions {
  /** Milliseconds. */
  visibility?: number;
  deadLetters?: string;
  maxReceives?: number;
}

/** A standard queue: in no particular order, hidden while somebody has a message, at last among the dead letters. */
export class FakeQueue {
  readonly messages = new Map<string, Message>();
  visibility: number;
  readonly name: string;
  readonly deadLetters: FakeQueue | undefined;
  readonly maxReceives: number;

  constructor(name: string, options: Omit<QueueOptions, 'deadLetters'> & { deadLetters?: FakeQueue } = {}) {
    this.name = name;
    this.visibility = options.visibility ?? 30_000;
    this.maxReceives = options.maxReceives ?? 5;
    this.deadLetters = options.deadLetters;
  }

  send(body: string, attributes: Readonly<Record<string, unknown>> = {}): string {
    const id = randomUUID();
    this.messages.set(id, { id, body, attributes, sentAt: Date.now(), received: 0, visibleAt: 0, receipt: '' });
    return id;
  }

  receive(most: number, visibility = this.visibility): Message[] {
    const now = Date.now();
    const taken: Message[] = [];
    for (const message of this.messages.values()) {
      if (taken.length === most) break;
      if (message.visibleAt > now) continue;
      if (this.deadLetters && message.received >= this.maxReceives) {
        this.messages.delete(message.id);
        this.deadLetters.messages.set(message.id, { ...message, visibleAt: 0, received: 0 });
        continue;
      }
      message.received++;
      message.visibleAt = now + visibility;
      message.receipt = randomUUID();
      taken.push({ ...message });
    }
    return taken;
  }

  /** Only whoever received it last may. */
  remove(receipt: string): void {
    for (const message of this.messages.values()) if (message.receipt === receipt) this.messages.delete(message.id);
  }
}

type Input = Record<string, unknown> & { QueueUrl?: string };

/** The protocol that the SDK's client speaks, for {@link FakeQueue}s by name. */
export function callSqs(queues: ReadonlyMap<string, FakeQueue>, operation: string, input: Input): unknown {
  if (operation === 'GetQueueUrl') {
    if (!queues.has(String(input.QueueName))) throw new Refusal('QueueDoesNotExist');
    return { QueueUrl: `https://sqs.us-east-1.amazonaws.com/000000000000/${input.QueueName}` };
  }
  const queue = queues.get(String(input.QueueUrl).split('/').at(-1) ?? '');
  if (!queue) throw new Refusal('QueueDoesNotExist');
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  switch (operation) {
    case 'SendMessage': {
      const body = String(input.MessageBody);
      const attributes = (input.MessageAttributes ?? {}) as Record<string, unknown>;
      return { MessageId: queue.send(body, attributes), MD5OfMessageBody: md5(body) };
    }
    case 'ReceiveMessage': {
      const visibility = input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout) * 1000;
      const taken = queue.receive(Number(input.MaxNumberOfMessages ?? 1), visibility);
      return {
        Messages: taken.map(({ id, body, attributes, receipt, received, sentAt }) => ({
          MessageId: id,
          Body: body,
          MD5OfBody: md5(body),
          ReceiptHandle: receipt,
          // Those that are asked for, as SQS has it.
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).filter(([name]) => (input.MessageAttributeNames as string[])?.includes(name)),
          ),
          Attributes: { ApproximateReceiveCount: String(received), SentTimestamp: String(sentAt) },
        })),
      };
    }
    case 'DeleteMessage':
      queue.remove(String(input.ReceiptHandle));
      return {};
    case 'ChangeMessageVisibility':
      for (const message of queue.messages.values()) {
        if (message.receipt === input.ReceiptHandle) {
          message.visibleAt = Date.now() + Number(input.VisibilityTimeout) * 1000;
        }
      }
      return {};
    case 'GetQueueAttributes': {
      const now = Date.now();
      const all = [...queue.messages.values()];
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(all.filter(({ visibleAt }) => visibleAt <= now).length),
          ApproximateNumberOfMessagesNotVisible: String(all.filter(({ visibleAt }) => visibleAt > now).length),
          QueueArn: `arn:aws:sqs:us-east-1:000000000000:${queue.name}`,
        },
      };
    }
    case 'ListDeadLetterSourceQueues':
      return {
        queueUrls: [...queues.values()]
          .filter(({ deadLetters }) => deadLetters === queue)
          .map(({ name }) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`),
      };
    default:
      throw new Refusal('UnknownOperationException');
  }
}
