import { randomUUID } from 'node:crypto';
import { describeError, logLine } from '../observe/log.ts';
import { changeRow, type ResultRow, readRow } from './results-table.ts';
import { EventRefused, sendEvent } from './send-event.ts';

export const PICTURE_CLASSIFIED = 'PictureClassified';

/**
 * So long after a sender that fell silent its event is waited for, before another one sends it. It has to be longer than any
 * receipt takes; the stack computes it from its queue of receipts (resources/settings.cjs). Seconds.
 */
const LEASE_SECONDS = 2 * 3600;

/** An event that may or may not have been sent: its receipt decides, or the time. */
export class AnnouncementInDoubt extends Error {
  /** When asking again helps for certain. Milliseconds since 1970. */
  readonly until: number;
  constructor(until: number) {
    super('The event may have been sent already; its receipt is waited for');
    this.name = new.target.name;
    this.until = until;
  }
}

/** Who sends, and until when nobody else. */
type Lease = Pick<Required<ResultRow>, 'announcer' | 'announceAfter'>;

function newLease(): Lease {
  const { EVENT_LEASE_SECONDS } = process.env;
  const seconds = EVENT_LEASE_SECONDS ? Number(EVENT_LEASE_SECONDS) : LEASE_SECONDS;
  return { announcer: randomUUID(), announceAfter: Date.now() + seconds * 1000 };
}

/**
 * Sends the event of a row, once.
 *
 * EventBridge takes an event as often as it is sent, so the row says who sends it: a sender writes that it begins, under the
 * condition that nobody else did, then sends. One that ends between these two and the row's knowing of it leaves a doubt that
 * no order of calls can avoid. It is settled from the other side: a rule on the bus returns each event to a queue of its own
 * as its receipt ({@link confirmAnnouncement}). Only where none has come for the length of the lease, which is longer than
 * any receipt takes, was the event not sent, and whoever comes next sends it.
 * @throws AnnouncementInDoubt, EventRefused and what the SDK throws: try again later.
 */
export async function announce(bus: string, table: string, row: ResultRow): Promise<void> {
  if (row.announcedAt) return;
  const lease = await begin(table, row);
  if (!lease) return;
  try {
    await sendEvent(bus, PICTURE_CLASSIFIED, eventDetail(row));
  } catch (error) {
    // Not sent, for certain: the next delivery need not wait.
    if (error instanceof EventRefused) await giveBack(table, row, lease);
    throw error;
  }
  // The receipt says the same a little later, should this fail.
  await markAnnounced(table, row.id, row.revision ?? '').catch((error: unknown) => {
    logLine('warn', 'announced, and not noted', { id: row.id, ...describeError(error) });
  });
}

/** What a `PictureClassified` event tells. `id` and `revision` together are the same whenever an event is the same. */
export function eventDetail(row: ResultRow): Record<string, unknown> {
  const { id, revision, bucket, key, versionId, sequencer, request, result, problem } = row;
  return { id, revision, bucket, key, versionId, sequencer, request, result, problem };
}

/** The event has come back from the bus: it was sent, whatever became of its sender. */
export function confirmAnnouncement(table: string, { id, revision }: { id: string; revision: string }) {
  return markAnnounced(table, id, revision);
}

async function markAnnounced(table: string, id: string, revision: string): Promise<void> {
  await changeRow(table, id, {
    set: { announcedAt: new Date().toISOString() },
    where: '#revision = :revision AND attribute_not_exists(#announcedAt)',
    values: { revision },
  });
}

/** @returns undefined where nothing is left to announce. @throws AnnouncementInDoubt while another's lease lasts. */
async function begin(table: string, row: ResultRow): Promise<Lease | undefined> {
  const lease = newLease();
  const taken = await changeRow(table, row.id, {
    set: lease,
    where:
      '#revision = :revision AND attribute_not_exists(#announcedAt) AND ' +
      '(attribute_not_exists(#announceAfter) OR #announceAfter < :now)',
    values: { revision: row.revision, now: Date.now() },
  });
  if (taken) return lease;
  const now = await readRow(table, row.id);
  if (!now || now.announcedAt || now.revision !== row.revision) return undefined;
  // Ours after all: the answer that said so got lost, and the SDK asked again.
  if (now.announcer === lease.announcer) return lease;
  throw new AnnouncementInDoubt(now.announceAfter ?? 0);
}

async function giveBack(table: string, { id, revision }: ResultRow, { announcer }: Lease): Promise<void> {
  const where = '#revision = :revision AND #announcer = :announcer';
  await changeRow(table, id, { set: { announceAfter: 0 }, where, values: { revision, announcer } }).catch(
    (error: unknown) => logLine('warn', 'lease not given back', { id, ...describeError(error) }),
  );
}
