import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FreezeframeError } from '@freezeframe/inference';
import { z } from 'zod';
import { claimFolder, hasCode, sweepTemporary, writeDurable } from '#system';
import { trainedFolder } from './trained-model.ts';

const OWNER = 'owner.json';
/** A holder says so often that it lives; one of another machine counts as dead after some missed ones. */
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 5 * 60_000;
/** Each failed one means that another process was quicker, or that a dead lock cannot be moved. */
const ATTEMPTS = 10;

const ownerSchema = z.object({
  id: z.string().min(1),
  pid: z.int().min(1),
  host: z.string(),
  /** When the process began, where the system tells (Linux): process ids are given out again, in containers at once. */
  began: z.string().optional(),
});

type Owner = z.output<typeof ownerSchema>;

/**
 * Takes the right to train under `name`: two trainings would replace each other's checkpoint and trained model. A lock whose
 * process is gone (kill -9, power) is taken over.
 * @returns gives it back.
 * @throws FreezeframeError `training-in-progress`, `name-not-valid`
 */
export async function lockTraining(name: string, storeRoot: string): Promise<() => Promise<void>> {
  // The name's rules are those of the trained model's folder.
  trainedFolder(name, storeRoot);
  const parent = join(storeRoot, 'training');
  const lock = join(parent, `${name}.lock`);
  const graves = join(parent, 'graves');
  await mkdir(graves, { recursive: true });
  await sweepTemporary(graves);
  const id = randomUUID();
  const claim = join(graves, id);
  try {
    await mkdir(claim);
    const began = await beginning(process.pid);
    const owner: Owner = { id, pid: process.pid, host: hostname(), ...(began ? { began } : {}) };
    await writeDurable(join(claim, OWNER), JSON.stringify(owner));
    for (let attempt = 1; !(await claimFolder(claim, lock)); attempt++) {
      const holder = await readOwner(lock);
      if (holder === 'absent') continue;
      if (attempt > ATTEMPTS || (await lives(lock, holder))) throw inProgress(name, holder, lock);
      await bury(lock, join(graves, holder?.id ?? `damaged-${(await stat(lock).catch(() => undefined))?.mtimeMs}`));
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
    // Somebody removed it by hand, and another training holds its own.
    if (holder === 'absent' || holder?.id !== id) return;
    await bury(lock, claim);
    await rm(claim, { recursive: true, force: true });
  };
}

/** Undefined for one that cannot be understood. */
async function readOwner(lock: string): Promise<Owner | 'absent' | undefined> {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(join(lock, OWNER), 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    // Without its owner's file a lock is one that was being removed by hand; with it gone, it has been given back.
    if (hasCode(error, 'ENOENT')) return (await stat(lock).catch(() => undefined)) ? undefined : 'absent';
    throw error;
  }
}

async function lives(lock: string, owner: Owner | undefined): Promise<boolean> {
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
 * the quicker has taken meanwhile: its move fails, because the grave is taken. Graves are kept for an hour.
 */
async function bury(lock: string, grave: string): Promise<void> {
  await rename(lock, grave).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
  });
  const now = new Date();
  await utimes(grave, now, now).catch(() => undefined);
}

function inProgress(name: string, owner: Owner | undefined, lock: string): FreezeframeError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new FreezeframeError('training-in-progress', `A training named ${name} is under way (${who})`, {
    remedy: `Wait for it, stop it, or choose another --name. If there is none, remove ${lock}`,
    details: { name, lock, ...(owner ? { pid: owner.pid, host: owner.host } : {}) },
  });
}
