import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What a function's folder begins with; a project may be written in JavaScript. */
const ENTRIES = ['index.ts', 'index.js', 'index.mjs'];

/** Every folder of `functions/` with an `index.ts`, `.js` or `.mjs` is a function. @returns their names, sorted. */
export async function listFunctions(root: string): Promise<string[]> {
  const folder = join(root, 'functions');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    if (await functionEntry(root, entry.name)) names.push(entry.name);
  }
  return names.sort();
}

/** The file that a function begins with, from the root; undefined where the folder has none. */
export async function functionEntry(root: string, name: string): Promise<string | undefined> {
  for (const entry of ENTRIES) {
    const file = join('functions', name, entry);
    if ((await stat(join(root, file)).catch(() => undefined))?.isFile()) return file;
  }
  return undefined;
}

/** What a function reads at run time from beside its bundle (the page's parts); code is bundled instead. */
const ASSET = /\.(html|css|js|svg|png|jpg|ico|woff2)$/;

/** A function's assets, sorted: path inside its folder, with forward slashes. */
export async function listAssets(root: string, name: string): Promise<string[]> {
  const folder = join(root, 'functions', name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && ASSET.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
