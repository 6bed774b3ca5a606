import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

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
