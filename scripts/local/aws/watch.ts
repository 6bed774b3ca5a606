import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file that has landed: its size was the same in two looks at the folder. */
export interface Landed {
  /** Relative to the folder, with forward slashes: the object's key. */
  readonly key: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** What lies there and is no upload, by its key. */
type PassedOver = Map<string, string>;

export interface Watch {
  close(): void;
}

const INTERVAL_MS = 250;

/**
 * Calls `landed` once for each file that appears in `folder` or changes, subfolders included, dot files not. It looks four
 * times a second rather than asking the system to be told: that works the same on every file system, shared ones too.
 * @param known answers true for a file that was there before and needs no call; asked on the first look only.
 * @param passedOver told once of each link and of each name that cannot be read, with what to do: nobody waits for an answer to it.
 */
export async function watchFolder(
  folder: string,
  landed: (file: Landed) => void,
  known: (file: Landed) => Promise<boolean> = async () => false,
  passedOver: (key: string, why: string) => void = () => undefined,
): Promise<Watch> {
  let told: PassedOver = new Map();
  const seen = new Map<string, { state: string; told: boolean }>();
  const look = async (first: boolean) => {
    const present = new Set<string>();
    const { files, others } = await listFiles(folder);
    for (const [key, why] of others) if (!told.has(key)) passedOver(key, why);
    told = others;
    for (const file of files) {
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
async function listFiles(folder: string): Promise<{ files: Landed[]; others: PassedOver }> {
  const files: Landed[] = [];
  const others: PassedOver = new Map();
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const entries = await readdir(current, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(current, entry.name);
      const key = relative(folder, path).split(sep).join('/');
      if (entry.isSymbolicLink()) {
        // A bucket has no links.
        others.set(key, 'it is a link: put the file itself there');
        continue;
      }
      // It may be gone again by now.
      const found = await stat(path).catch(() => undefined);
      // Node puts this sign in the place of bytes that it cannot read as UTF-8, and finds no such file.
      if (!found && entry.name.includes('\uFFFD')) others.set(key, 'its name is not UTF-8: rename it');
      if (found?.isDirectory()) waiting.push(path);
      if (found?.isFile()) files.push({ key, bytes: found.size, mtimeMs: found.mtimeMs });
    }
  }
  return { files: files.sort((a, b) => (a.key < b.key ? -1 : 1)), others };
}
