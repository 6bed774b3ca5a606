import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Every folder of `functions/` with an `index.ts` is a function. @returns their names, sorted. */
export async function listFunctions(root: string): Promise<string[]> {
  const folder = join(root, 'functions');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const index = await stat(join(folder, entry.name, 'index.ts')).catch(() => undefined);
    if (index?.isFile()) names.push(entry.name);
  }
  return names.sort();
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
