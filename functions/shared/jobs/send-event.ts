import { PATIENCE } from '../patience.ts';
import { lazily } from '../runtime/lazily.ts';

/** EventBridge refused; the event was not sent, for certain. */
export class EventRefused extends Error {}

const TRIES = 3;
const PAUSE_MS = 100;

/** One try of the SDK's: it cannot tell a lost answer from a lost request, and would send an event that was sent. */
const bridge = lazily(async () => {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  return { client: new EventBridgeClient({ maxAttempts: 1, requestHandler: PATIENCE }), PutEventsCommand };
});

/**
 * Sends one event; where EventBridge refuses it, twice more.
 * @throws EventRefused; anything else means that nobody knows whether it was sent.
 */
export async function sendEvent(bus: string, detailType: string, detail: unknown): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await trySend(bus, detailType, detail);
    } catch (error) {
      if (!(error instanceof EventRefused) || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2)));
    }
  }
}

async function trySend(bus: string, detailType: string, detail: unknown): Promise<void> {
  const { client, PutEventsCommand } = await bridge();
  const entry = { EventBusName: bus, Source: 'freezeframe', DetailType: detailType, Detail: JSON.stringify(detail) };
  const answer = await client.send(new PutEventsCommand({ Entries: [entry] })).catch((cause: unknown) => {
    const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
    throw status >= 400 && status < 500 ? new EventRefused('EventBridge refused the event', { cause }) : cause;
  });
  const [failed] = (answer.Entries ?? []).filter(({ ErrorCode }) => ErrorCode !== undefined);
  if (failed) throw new EventRefused(`EventBridge did not take the event: ${failed.ErrorCode} ${failed.ErrorMessage}`);
}
