import { randomUUID } from 'node:crypto';
import { failedMessages } from '../../../scripts/local/aws/notification.ts';
import type { FunctionSettings } from '../../../scripts/local/runtime/child-environment.ts';
import { Environment } from '../../../scripts/local/runtime/environment.ts';
import type { FakeQueue, Message } from '../../aws/sqs.ts';

export interface SourceOptions {
  readonly settings: FunctionSettings;
  /** The first that has messages is asked. */
  readonly queues: readonly FakeQueue[];
  /** The function's. Milliseconds. */
  readonly timeout: number;
  readonly log?: (line: string) => void;
}

/**
 * Lambda's poller and one execution environment: takes messages of a queue, gives them to the function's process, removes
 * those that it did not report as failed. A process that is killed is replaced, and its messages stay where they are.
 */
export class EventSource {
  readonly #options: SourceOptions;
  #environment: Environment | undefined;
  #open = true;
  #inHand = false;
  invocations = 0;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    while (this.#open) {
      const { queues } = this.#options;
      const queue = queues.find((candidate) => [...candidate.messages.values()].some(isVisible));
      const batch = queue?.receive(10) ?? [];
      if (queue && batch.length > 0) await this.#deliver(queue, batch).catch(() => undefined);
      else await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await this.#environment?.end();
  }

  /** As if the machine had gone, in the middle of whatever it is doing. @returns whether it was doing anything. */
  kill(): boolean {
    if (!this.#environment || !this.#inHand) return false;
    this.#environment.end({ reason: 'exited', message: 'killed' });
    return true;
  }

  close(): void {
    this.#open = false;
  }

  async #deliver(queue: FakeQueue, batch: readonly Message[]): Promise<void> {
    const { settings, timeout, log = () => {} } = this.#options;
    this.#environment ??= await Environment.start(settings, log);
    const environment = this.#environment;
    environment.ended.then(() => {
      if (this.#environment === environment) this.#environment = undefined;
    });
    await environment.ready;
    this.invocations++;
    this.#inHand = true;
    const outcome = await environment.invoke({
      requestId: randomUUID(),
      payload: JSON.stringify(sqsEvent(queue, batch)),
      deadline: Date.now() + timeout,
      functionArn: '',
      traceId: '',
    });
    this.#inHand = false;
    if (outcome.kind === 'response') {
      const ids = batch.map(({ id }) => id);
      const failed = failedMessages(JSON.parse(outcome.body.toString()), ids);
      for (const { id, receipt } of batch) if (!failed.has(id)) queue.remove(receipt);
    }
    await environment.idle();
  }
}

function isVisible({ visibleAt }: Message): boolean {
  return visibleAt <= Date.now();
}

function sqsEvent(queue: FakeQueue, batch: readonly Message[]): unknown {
  return {
    Records: batch.map(({ id, body, receipt, received }) => ({
      messageId: id,
      receiptHandle: receipt,
      body,
      attributes: { ApproximateReceiveCount: String(received) },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue.name}`,
      awsRegion: 'us-east-1',
    })),
  };
}
