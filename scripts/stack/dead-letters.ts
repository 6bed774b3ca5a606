import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { FreezeframeError } from '@freezeframe/inference';
import { FIRST_ID, readMessage } from '#functions/messages';
import { clientOptions } from './client-options.ts';
import { askAws } from './stack.ts';

export interface DeadLetter {
  readonly id: string;
  /** When it was first sent. */
  readonly sentAt: string;
  /** How often it was taken from this queue (by these commands too). */
  readonly received: number;
  /** What it is about, where that can be read: `s3://bucket/key`. */
  readonly about: readonly string[];
  /** Why nobody understood it; absent where it is understood, and failed for a reason that the function's log has. */
  readonly reason?: string;
  readonly body: string;
}

/** How long a message is out of others' sight while a command looks at it. Seconds. */
const HOLD_SECONDS = 60;

type Taken = DeadLetter & {
  readonly receipt: string;
  /** What it was known by before it was sent again for the first time. */
  readonly firstId: string;
};

/** The messages that could not be answered. Nothing leaves the queue unless it was sent elsewhere or is to be dropped. */
export class DeadLetters {
  readonly #client: SQSClient;
  readonly #sdk: typeof import('@aws-sdk/client-sqs');
  readonly #url: string;

  private constructor(sdk: typeof import('@aws-sdk/client-sqs'), url: string) {
    this.#sdk = sdk;
    // The queue's URL says where to ask, unless there is an endpoint of one's own (a local AWS).
    const local = Boolean(process.env.AWS_ENDPOINT_URL_SQS ?? process.env.AWS_ENDPOINT_URL);
    this.#client = new sdk.SQSClient({ ...clientOptions(), useQueueUrlAsEndpoint: !local });
    this.#url = url;
  }

  static async open(url: string): Promise<DeadLetters> {
    return new DeadLetters(await import('@aws-sdk/client-sqs'), url);
  }

  /** At most `limit` of them, the oldest first; they stay where they are. */
  async list(limit: number): Promise<DeadLetter[]> {
    return this.#with(limit, undefined, async (taken) => taken.map(toLetter));
  }

  /** @throws FreezeframeError `message-not-found` */
  async show(id: string): Promise<DeadLetter> {
    const [letter] = await this.#with(1, [id], async (taken) => taken.map(toLetter));
    return letter as DeadLetter;
  }

  /**
   * Sends messages to the queue that they came from, each removed here only when SQS has it there: ended in between, a
   * message is in both, which does no harm, because nothing is answered twice.
   * @param ids all of them if left out.
   */
  async redrive(ids?: readonly string[], target?: string): Promise<string[]> {
    const to = target ?? (await this.#source());
    const sent = new Set<string>();
    return this.#takeAway(ids, async ({ id, firstId, body, receipt }) => {
      // It was sent a moment ago, and has failed again: sent for ever, it would never end.
      if (!ids && sent.has(firstId)) return false;
      sent.add(firstId);
      const { SendMessageCommand } = this.#sdk;
      const MessageAttributes = { [FIRST_ID]: { DataType: 'String', StringValue: firstId } };
      const command = new SendMessageCommand({ QueueUrl: to, MessageBody: body, MessageAttributes });
      await askAws(`The message ${id} could not be sent`, this.#client.send(command));
      await this.#remove(receipt);
      return true;
    });
  }

  /** Removes messages for good. */
  async drop(ids?: readonly string[]): Promise<string[]> {
    return this.#takeAway(ids, async ({ receipt }) => {
      await this.#remove(receipt);
      return true;
    });
  }

  /** @param work says whether it took the message out of the queue. @returns ids of those that were. */
  async #takeAway(ids: readonly string[] | undefined, work: (letter: Taken) => Promise<boolean>): Promise<string[]> {
    const gone: string[] = [];
    const each = async (taken: readonly Taken[], release: (id: string) => void) => {
      await Promise.all(
        taken.map(async (letter) => {
          if (!(await work(letter))) return;
          release(letter.id);
          gone.push(letter.id);
        }),
      );
    };
    if (ids) await this.#with(Number.POSITIVE_INFINITY, ids, each);
    else await this.#withAll(each);
    return gone;
  }

  /**
   * Takes all messages, as many at once as SQS gives: of thousands that were taken first and worked on then, the last would
   * be in others' sight again before it is their turn.
   */
  async #withAll(work: (taken: readonly Taken[], release: (id: string) => void) => Promise<void>): Promise<void> {
    const held = new Map<string, Taken>();
    try {
      for (;;) {
        const fresh = (await this.#receive()).filter(({ id }) => !held.has(id));
        if (fresh.length === 0) return;
        for (const letter of fresh) held.set(letter.id, letter);
        await work(fresh, (id) => held.delete(id));
      }
    } finally {
      await this.#releaseAll(held);
    }
  }

  /** Takes messages, does something with those that are wanted, and lets go of all that are left. */
  async #with<T>(
    limit: number,
    ids: readonly string[] | undefined,
    work: (taken: readonly Taken[], release: (id: string) => void) => Promise<T>,
  ): Promise<T> {
    const held = new Map<string, Taken>();
    try {
      const wanted = () => (ids ? ids.filter((id) => held.has(id)).length : held.size);
      for (;;) {
        const fresh = (await this.#receive()).filter(({ id }) => !held.has(id));
        for (const letter of fresh) held.set(letter.id, letter);
        if (fresh.length === 0 || wanted() >= (ids?.length ?? limit)) break;
      }
      const missing = ids?.find((id) => !held.has(id));
      if (missing !== undefined) {
        throw new FreezeframeError('message-not-found', `There is no message ${missing} in the queue.`, {
          remedy: 'See what there is with: freezeframe dlq list. (What somebody else looks at is hidden for a minute.)',
        });
      }
      const all = [...held.values()].sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
      const chosen = ids ? all.filter(({ id }) => ids.includes(id)) : all.slice(0, limit);
      return await work(chosen, (id) => held.delete(id));
    } finally {
      await this.#releaseAll(held);
    }
  }

  async #receive(): Promise<Taken[]> {
    const { ReceiveMessageCommand } = this.#sdk;
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HOLD_SECONDS,
      // A short poll asks some of SQS's servers only, and may find nothing where there is something.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      MessageAttributeNames: [FIRST_ID],
    });
    const { Messages = [] } = await askAws('The queue cannot be read', this.#client.send(command));
    return Messages.map(describe);
  }

  async #source(): Promise<string> {
    const { ListDeadLetterSourceQueuesCommand } = this.#sdk;
    const asked = this.#client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: this.#url }));
    const { queueUrls = [] } = await askAws('The queue that the messages came from is not known', asked);
    if (queueUrls.length === 1) return queueUrls[0] as string;
    throw new FreezeframeError('used-wrongly', `Messages may have come from ${queueUrls.length} queues.`, {
      remedy: 'Name the one to send them to: --to QUEUE-URL.',
      details: { queues: queueUrls },
    });
  }

  async #remove(receipt: string): Promise<void> {
    const { DeleteMessageCommand } = this.#sdk;
    const command = new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: receipt });
    await askAws('The message could not be removed', this.#client.send(command));
  }

  async #releaseAll(held: ReadonlyMap<string, Taken>): Promise<void> {
    await Promise.all([...held.values()].map(({ receipt }) => this.#release(receipt)));
  }

  /** Left alone it would be seen again in a minute anyway. */
  async #release(receipt: string): Promise<void> {
    const { ChangeMessageVisibilityCommand } = this.#sdk;
    const given = { QueueUrl: this.#url, ReceiptHandle: receipt, VisibilityTimeout: 0 };
    await this.#client.send(new ChangeMessageVisibilityCommand(given)).catch(() => undefined);
  }
}

function toLetter({ receipt: _, firstId: __, ...letter }: Taken): DeadLetter {
  return letter;
}

function describe(message: Message): Taken {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes = {}, MessageAttributes = {} } = message;
  const letter = {
    id: MessageId,
    firstId: MessageAttributes[FIRST_ID]?.StringValue ?? MessageId,
    sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
    received: Number(Attributes.ApproximateReceiveCount ?? 0),
    body: Body,
    receipt: ReceiptHandle,
  };
  try {
    const works = readMessage(Body, MessageId);
    const [refused] = works.flatMap((work) => (work.kind === 'refused' ? [work.error] : []));
    const about = works.flatMap((work) => {
      if (work.kind === 'refused') return [];
      return [work.kind === 'job' ? `s3://${work.job.object.bucket}/${work.job.object.key}` : `receipt of ${work.id}`];
    });
    return { ...letter, about, ...(refused ? { reason: refused.message } : {}) };
  } catch (error) {
    return { ...letter, about: [], reason: (error as Error).message };
  }
}
