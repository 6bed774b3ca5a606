import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { claimFolder, hasCode, sweepTemporary, writeDurable } from './atomic-files.ts';
import { makeFolder } from './make-folder.ts';

const OWNER = 'owner.json';
/** A holder says so often that it lives; one of another machine counts as dead after some missed ones. */
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 5 * 60_000;
/** Each failed one means that another process was quicker, or that a dead lock cannot be moved. */
const ATTEMPTS = 10;

/** Who holds a lock. */
export interface LockOwner {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells (Linux): process ids are given out again, in containers at once. */
  readonly began?: string;
}

/**
 * Takes a lock: a folder, so that of several processes one gets it. A lock whose process is gone (kill -9, power) is taken
 * over.
 * @param lock its path. @param released a folder beside it for locks that have been given back or taken over
 * @param taken the error where another process holds it; its owner is undefined where that cannot be read
 * @returns gives it back
 */
export async function takeLock(
  lock: string,
  released: string,
  taken: (owner: LockOwner | undefined) => Error,
): Promise<() => Promise<void>> {
  await makeFolder(released);
  await sweepTemporary(released);
  const id = randomUUID();
  const claim = join(released, id);
  try {
    await mkdir(claim);
    const began = await beginning(process.pid);
    const owner: LockOwner = { id, pid: process.pid, host: hostname(), ...(began ? { began } : {}) };
    await writeDurable(join(claim, OWNER), JSON.stringify(owner));
    for (let attempt = 1; !(await claimFolder(claim, lock)); attempt++) {
      const holder = await readOwner(lock);
      if (holder === 'absent') continue;
      if (attempt > ATTEMPTS || (await lives(lock, holder))) throw taken(holder);
      await moveAway(
        lock,
        join(released, holder?.id ?? `damaged-${(await stat(lock).catch(() => undefined))?.mtimeMs}`),
      );
    }
  } finally {
    await rm(claim, { recursive: true, force: true });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, HEARTBEAT_MS).unref();
  return async () => {
    clearInterval(heartbeat);
    const holder = await readOwner(lock);
    // Somebody removed it by hand, and another process holds its own.
    if (holder === 'absent' || holder?.id !== id) return;
    await moveAway(lock, claim);
    await rm(claim, { recursive: true, force: true });
  };
}

/** Undefined for one that cannot be understood. */
async function readOwner(lock: string): Promise<LockOwner | 'absent' | undefined> {
  try {
    return asOwner(JSON.parse(await readFile(join(lock, OWNER), 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    // Without its owner's file a lock is one that was being removed by hand; with it gone, it has been given back.
    if (hasCode(error, 'ENOENT')) return (await stat(lock).catch(() => undefined)) ? undefined : 'absent';
    throw error;
  }
}

function asOwner(value: unknown): LockOwner | undefined {
  const { id, pid, host, began } = (value ?? {}) as Partial<Record<keyof LockOwner, unknown>>;
  if (typeof id !== 'string' || id === '' || typeof host !== 'string') return undefined;
  if (!Number.isInteger(pid) || (pid as number) < 1) return undefined;
  return { id, pid: pid as number, host, ...(typeof began === 'string' ? { began } : {}) };
}

async function lives(lock: string, owner: LockOwner | undefined): Promise<boolean> {
  if (owner?.host !== hostname()) {
    const found = await stat(lock).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs < SILENT_MS;
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    // EPERM: it lives, and is another user's.
  }
  return owner.began === undefined || (await beginning(owner.pid)) === owner.began;
}

/** Boot and clock tick in which a living process began; undefined where the system does not tell. */
async function beginning(pid: number): Promise<string | undefined> {
  try {
    const [status, boot] = await Promise.all(
      [`/proc/${pid}/stat`, '/proc/sys/kernel/random/boot_id'].map((file) => readFile(file, 'latin1')),
    );
    // The second field, the program's name, may hold spaces and brackets. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = (status as string).slice((status as string).lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${(boot as string).trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * Moves a lock away under its owner's id. Of two processes that found the same dead owner, the later would move the lock that
 * the quicker has taken meanwhile: its move fails, because that place is taken. They are kept for an hour.
 */
async function moveAway(lock: string, place: string): Promise<void> {
  await rename(lock, place).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
  });
  const now = new Date();
  await utimes(place, now, now).catch(() => undefined);
}
