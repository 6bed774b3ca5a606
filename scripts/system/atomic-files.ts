import { randomUUID } from 'node:crypto';
import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

// A kill, or the power, can stop us between any two calls. So whatever a reader can see appears by one rename of
// something complete, and its bytes are on the disk before its name is.

type Content = Uint8Array | string | readonly Uint8Array[];

/** A temporary entry that nobody has touched for so long belongs to a process that died. Writing a model takes seconds. */
export const STALE_MS = 60 * 60 * 1000;

/** Makes a folder of our own under `parent`, which must be on the file system of what it is renamed to. */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  const folder = join(parent, randomUUID());
  await makeFolder(folder);
  return folder;
}

/** Whether nobody has touched the entry for `STALE_MS`. What is gone is not stale. */
export async function isStale(path: string, now = Date.now()): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => now - mtimeMs > STALE_MS,
    () => false,
  );
}

/** Removes what processes that died have left in `parent`. Never fails over an entry: the next caller tries again. */
export async function sweepTemporary(parent: string): Promise<void> {
  for (const entry of await namesIn(parent)) {
    const path = join(parent, entry);
    if (await isStale(path)) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Writes a file (its parts one after the other) and waits until the disk has it. */
export async function writeDurable(file: string, content: Content, mode?: number): Promise<void> {
  const handle = await open(file, 'w', mode);
  try {
    for (const part of partsOf(content)) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the disk has the folder's list of names. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and needs no such call.
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Replaces or makes a file in one step: a reader sees the old content or the new one. A link stays, and what it leads to is
 * replaced; a pipe or a device (`/dev/stdout`) is written to.
 * @param options.scratch where it is written first, on the same file system; folders above it are made. Default: a hidden
 *   name beside the file, not made of the file's own, which may be as long as a name can be.
 */
export async function replaceFile(
  file: string,
  content: Content,
  options: { readonly scratch?: string; readonly mode?: number } = {},
): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there && !there.isFile() && !there.isDirectory()) return writeThrough(file, content);
  const target = there && options.scratch === undefined ? await realpath(file) : file;
  const scratch = options.scratch ?? join(dirname(target), `.${randomUUID()}`);
  await makeFolder(dirname(scratch));
  try {
    await writeDurable(scratch, content, options.mode);
    await rename(scratch, target);
    await syncFolder(dirname(target));
  } finally {
    await rm(scratch, { force: true });
  }
}

/** Neither has a disk to wait for, nor may another file take its place. */
async function writeThrough(file: string, content: Content): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const part of partsOf(content)) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
}

function partsOf(content: Content): readonly (Uint8Array | string)[] {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}

/**
 * Gives a complete folder its final name, if the name is free. Of several processes that claim one name, one gets it.
 * @returns false where the name is taken.
 */
export async function claimFolder(folder: string, target: string): Promise<boolean> {
  try {
    // POSIX: fails unless the target is absent or empty, and ours are never empty. Windows: fails if it is there.
    await rename(folder, target);
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    const taken = hasCode(error, 'EPERM', 'EACCES') && (await stat(target).catch(() => undefined)) !== undefined;
    if (taken) return false;
    throw error;
  }
  await syncFolder(dirname(target));
  return true;
}

/** The names in a folder, sorted; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
