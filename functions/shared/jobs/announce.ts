import { randomUUID } from 'node:crypto';
import { describeError, logLine } from '../observe/log.ts';
import { changeRow, type Lease, type ResultRow, readRow } from './results-table.ts';
import { EventRefused, sendEvent } from './send-event.ts';

export const PICTURE_CLASSIFIED = 'PictureClassified';

/**
 * So long after a sender that fell silent its event is waited for, before another one sends it. Less than the queue's
 * visibility timeout, so that the next delivery finds the doubt settled; more than any invocation lasts. Milliseconds.
 */
const LEASE_MS = 300_000;

/** An event that may or may not have been sent: its receipt decides, or the time. */
class AnnouncementInDoubt extends Error {}

export function newLease(): Lease {
  const { EVENT_LEASE_MS } = process.env;
  return { announcer: randomUUID(), announceAfter: Date.now() + (EVENT_LEASE_MS ? Number(EVENT_LEASE_MS) : LEASE_MS) };
}

/**
 * Sends the event of a row, once.
 *
 * EventBridge takes an event as often as it is sent, so the row says who sends: the writer of the row, and after it fell
 * silent for the length of the lease, whoever comes next. A sender that dies between EventBridge's taking the event and the
 * row's knowing of it leaves a doubt that no order of calls can avoid. It is settled from the other side: a rule on the bus
 * returns each event to the uploads queue as its receipt ({@link confirmAnnouncement}). An event is sent twice only if its
 * sender died in those few milliseconds *and* its receipt took longer than the lease.
 * @param lease the one that the row was written with, where this invocation wrote it.
 * @throws AnnouncementInDoubt, EventRefused and what the SDK throws: try again later.
 */
export async function announce(bus: string, table: string, row: ResultRow, lease?: Lease): Promise<void> {
  if (row.announcedAt) return;
  const held = lease && row.announcer === lease.announcer ? lease : await takeOver(table, row);
  if (!held) return;
  try {
    await sendEvent(bus, PICTURE_CLASSIFIED, eventDetail(row));
  } catch (error) {
    // Not sent, for certain: the next delivery need not wait.
    if (error instanceof EventRefused) await giveBack(table, row, held);
    throw error;
  }
  // The receipt says the same a little later, should this fail.
  await markAnnounced(table, row.id, row.revision ?? '').catch((error: unknown) => {
    logLine('warn', 'announced, and not noted', { id: row.id, ...describeError(error) });
  });
}

/** What a `PictureClassified` event tells. `id` and `revision` together are the same whenever an event is the same. */
export function eventDetail(row: ResultRow): Record<string, unknown> {
  const { id, revision, bucket, key, versionId, sequencer, result, problem } = row;
  return { id, revision, bucket, key, versionId, sequencer, result, problem };
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
async function takeOver(table: string, row: ResultRow): Promise<Lease | undefined> {
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
  throw new AnnouncementInDoubt('The event may have been sent already; its receipt is waited for');
}

async function giveBack(table: string, { id, revision }: ResultRow, { announcer }: Lease): Promise<void> {
  const where = '#revision = :revision AND #announcer = :announcer';
  await changeRow(table, id, { set: { announceAfter: 0 }, where, values: { revision, announcer } }).catch(
    (error: unknown) => logLine('warn', 'lease not given back', { id, ...describeError(error) }),
  );
}
