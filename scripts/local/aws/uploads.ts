import { createHash, randomUUID } from 'node:crypto';
import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '#system';
import defaults from '../../../resources/defaults.json' with { type: 'json' };
import type { Outcome } from '../runtime/environment.ts';
import { type Delivery, failedMessages, sqsEvent } from './notification.ts';
import { type Watch, watchFolder } from './watch.ts';

/** Names of the two buckets that the folders stand for. */
export const UPLOADS_BUCKET = 'uploads';
export const RESULTS_BUCKET = 'results';

/** As the stack's queue: so many are delivered together, and after so many failed deliveries one is a dead letter. */
const { batchSize, attempts } = defaults;

export interface UploadFolders {
  readonly uploads: string;
  readonly results: string;
  readonly deadLetters: string;
}

/** What became of one upload: the function's result, or why there is none. */
export type UploadReport =
  | { readonly key: string; readonly result: unknown }
  | { readonly key: string; readonly deadLetter: string; readonly reason: string };

/** One line on an answered upload, for a person. */
export function uploadLine(report: UploadReport): string {
  if ('deadLetter' in report) return `${report.key}: no answer (${report.reason}); it is at ${report.deadLetter}`;
  return `${report.key}: ${describeResult(report.result)}`;
}

/** A result object or problem document in a few words. */
export function describeResult(result: unknown): string {
  const { known, predictions, values, title, detail } = (result ?? {}) as {
    known?: boolean;
    predictions?: { label: string; probability: number }[];
    values?: { name: string; value: number; unit: string }[];
    title?: string;
    detail?: string;
  };
  if (predictions?.[0]) {
    const nearest = `${predictions[0].label} ${(100 * predictions[0].probability).toFixed(1)} %`;
    return known === false ? `none of these (the nearest: ${nearest})` : nearest;
  }
  if (values) return values.map(({ name, value, unit }) => `${name} ${value} ${unit}`.trim()).join(', ');
  return [title, detail].filter(Boolean).join(': ') || 'no result';
}

export interface UploadsOptions {
  readonly folders: UploadFolders;
  readonly invoke: (payload: string) => Promise<Outcome>;
  readonly report: (report: UploadReport) => void;
  /** Told of what lies in the folder and is no upload. */
  readonly log?: (line: string) => unknown;
  /** Pause before a failed message is delivered again. Milliseconds. */
  readonly retryAfter?: number;
}

/**
 * The way of an upload: a file that lands in the folder becomes an S3 notification in an SQS event for the function; a
 * record that fails is delivered again, and after the stack's number of attempts lies among the dead letters with its reason. A file
 * that has no result newer than itself counts as landed when the gateway starts.
 */
export async function startUploads({
  folders,
  invoke,
  report,
  log = () => undefined,
  retryAfter = 1_000,
}: UploadsOptions): Promise<Watch> {
  for (const folder of Object.values(folders)) await makeFolder(folder);
  const queue: Delivery[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let busy = false;
  let open = true;

  const deliver = async () => {
    if (busy) return;
    busy = true;
    while (open && queue.length > 0) await deliverBatch(queue.splice(0, batchSize));
    busy = false;
  };

  const deliverBatch = async (batch: readonly Delivery[]) => {
    const outcome = await invoke(JSON.stringify(sqsEvent(batch)));
    if (!open) return;
    const ids = batch.map(({ messageId }) => messageId);
    const { failed, reason } = judge(outcome, ids);
    for (const delivery of batch) {
      if (!failed.has(delivery.messageId))
        report({ key: delivery.key, result: await readResult(folders, delivery.key) });
      else if (delivery.attempt < attempts) again(delivery);
      else report(await bury(folders, delivery, reason));
    }
  };

  const again = (delivery: Delivery) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      queue.push({ ...delivery, attempt: delivery.attempt + 1 });
      deliver();
    }, retryAfter);
    timers.add(timer);
  };

  const watch = await watchFolder(
    folders.uploads,
    ({ key, bytes }) => {
      queue.push({ messageId: randomUUID(), bucket: UPLOADS_BUCKET, key, bytes, attempt: 1 });
      deliver();
    },
    async ({ key, mtimeMs }) => {
      const result = await stat(resultFile(folders, key)).catch(() => undefined);
      return result !== undefined && result.mtimeMs >= mtimeMs;
    },
    (key, why) => log(`${key} is not answered: ${why}`),
  );
  return {
    close: () => {
      open = false;
      watch.close();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function judge(outcome: Outcome, ids: readonly string[]): { failed: ReadonlySet<string>; reason: string } {
  if (outcome.kind === 'error') return { failed: new Set(ids), reason: `${outcome.type}: ${outcome.message}` };
  if (outcome.kind === 'ended') return { failed: new Set(ids), reason: outcome.ending.message };
  const reason = 'the function reported this record as failed (batchItemFailures); its log says why';
  try {
    return { failed: failedMessages(JSON.parse(outcome.body.toString()), ids), reason };
  } catch {
    return { failed: new Set(ids), reason: 'the function answered with something that is not JSON' };
  }
}

function resultFile({ results }: UploadFolders, key: string): string {
  return join(results, `${key}.json`);
}

async function readResult(folders: UploadFolders, key: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resultFile(folders, key), 'utf8'));
  } catch {
    // The function need not write one (an upload that is to be ignored).
    return null;
  }
}

/** Moves the file to the dead letters, its reason beside it. Where that cannot be done, it stays where it is. */
async function bury(folders: UploadFolders, { key, attempt }: Delivery, reason: string): Promise<UploadReport> {
  const source = join(folders.uploads, key);
  const target = join(folders.deadLetters, dirname(key), noteable(basename(key)));
  try {
    await makeFolder(dirname(target));
    const note = { key, reason, attempts: attempt, time: new Date().toISOString() };
    await writeFile(`${target}${NOTE}`, `${JSON.stringify(note, null, 2)}\n`);
    await move(source, target);
    return { key, deadLetter: target, reason };
  } catch (error) {
    // A full disk or a folder that may not be written: one upload's trouble must not end the gateway.
    return { key, deadLetter: source, reason: `${reason}; it could not be moved: ${(error as Error).message}` };
  }
}

const NOTE = '.reason.json';
/** Of a file's name, on every usual file system: bytes, or UTF-16 units, of which there are never more. */
const MAX_NAME = 255;

/** The name, or its beginning and a digest where its note's would be too long. */
function noteable(name: string): string {
  if (Buffer.byteLength(name) + NOTE.length <= MAX_NAME) return name;
  // Cut in the middle of a character, it ends in a sign of three bytes.
  const start = Buffer.from(name).toString('utf8', 0, 160);
  return `${start}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

async function move(source: string, target: string): Promise<void> {
  try {
    await rename(source, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Deleted meanwhile: the note is all that is left to keep.
    if (code === 'ENOENT') return;
    // The watched folder may be on another disk.
    if (code !== 'EXDEV') throw error;
    await copyFile(source, target);
    await rm(source, { force: true });
  }
}
