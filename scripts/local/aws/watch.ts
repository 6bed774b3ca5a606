import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file that has landed: its size was the same in two looks at the folder. */
export interface Landed {
  /** Relative to the folder, with forward slashes: the object's key. */
  readonly key: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

export interface Watch {
  close(): void;
}

const INTERVAL_MS = 250;

/**
 * Calls `landed` once for each file that appears in `folder` or changes, subfolders included, dot files not. It looks four
 * times a second rather than asking the system to be told: that works the same on every file system, shared ones too.
 * @param known answers true for a file that was there before and needs no call; asked on the first look only.
 */
export async function watchFolder(
  folder: string,
  landed: (file: Landed) => void,
  known: (file: Landed) => Promise<boolean> = async () => false,
): Promise<Watch> {
  const seen = new Map<string, { state: string; told: boolean }>();
  const look = async (first: boolean) => {
    const present = new Set<string>();
    for (const file of await listFiles(folder)) {
      present.add(file.key);
      const state = `${file.bytes} ${file.mtimeMs}`;
      const before = seen.get(file.key);
      if (before?.state !== state) seen.set(file.key, { state, told: first && (await known(file)) });
      else if (!before.told) {
        before.told = true;
        landed(file);
      }
    }
    for (const key of seen.keys()) if (!present.has(key)) seen.delete(key);
  };
  await look(true);
  let timer: NodeJS.Timeout;
  let open = true;
  const next = () => {
    timer = setTimeout(async () => {
      await look(false);
      if (open) next();
    }, INTERVAL_MS);
  };
  next();
  return {
    close: () => {
      open = false;
      clearTimeout(timer);
    },
  };
}

/**
 * Folder by folder: one that vanishes while it is read takes its own files with it, where a recursive readdir would fail as a
 * whole, and every other file would look deleted and, a moment later, new.
 */
async function listFiles(folder: string): Promise<Landed[]> {
  const files: Landed[] = [];
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const entries = await readdir(current, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      if (!entry.isFile()) continue;
      // It may be gone again by now.
      const found = await stat(path).catch(() => undefined);
      const key = relative(folder, path).split(sep).join('/');
      if (found) files.push({ key, bytes: found.size, mtimeMs: found.mtimeMs });
    }
  }
  return files.sort((a, b) => (a.key < b.key ? -1 : 1));
}
