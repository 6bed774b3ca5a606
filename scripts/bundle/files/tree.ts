import { chmod, copyFile, lstat, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { makeFolder } from '#system';

/** A file to be: its bytes, or the file that it is copied from. */
export type Source = Uint8Array | { readonly file: string };

/** A folder to be: relative path with forward slashes -> source. */
export type Tree = ReadonlyMap<string, Source>;

/**
 * Every file and folder gets the same time and mode, so that two builds differ in nothing, and a file that a hand has changed
 * is seen.
 */
export const EPOCH = new Date(Date.UTC(1980, 0, 1));
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Paths in the order of their bytes: the same on every machine and in every locale. */
export function sortedPaths(tree: ReadonlyMap<string, unknown>): string[] {
  return [...tree.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export async function readSource(source: Source): Promise<Uint8Array> {
  return source instanceof Uint8Array ? source : readFile(source.file);
}

/** Writes the tree into `folder`, which must not exist yet. */
export async function writeTree(tree: Tree, folder: string): Promise<void> {
  const folders = new Set([folder]);
  for (const path of sortedPaths(tree)) {
    const target = join(folder, ...path.split('/'));
    for (let up = dirname(target); up.length > folder.length; up = dirname(up)) folders.add(up);
    await makeFolder(dirname(target));
    const source = tree.get(path) as Source;
    if (source instanceof Uint8Array) await writeFile(target, source);
    else await copyFile(source.file, target);
    await chmod(target, FILE_MODE);
    await utimes(target, EPOCH, EPOCH);
  }
  await makeFolder(folder);
  // Deepest first: touching a child changes its parent's time.
  for (const each of [...folders].sort((a, b) => b.length - a.length)) {
    await chmod(each, FOLDER_MODE);
    await utimes(each, EPOCH, EPOCH);
  }
}

/** A file as it lies on disk, without its content. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  /** Modified since it was written: its time is not {@link EPOCH}. */
  readonly touched: boolean;
}

/** Every file under `folder`, sorted; an absent folder is empty. */
export async function listTree(folder: string): Promise<ListedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: ListedFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await lstat(file);
    const path = relative(folder, file).split(sep).join('/');
    files.push({ path, bytes: size, touched: mtimeMs !== EPOCH.getTime() });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
