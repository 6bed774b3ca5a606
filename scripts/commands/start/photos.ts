import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isDecodedFile, isLitter, isPictureFile } from '#datasets';
import { checkName } from '#store';

/** Where a project has its photographs: one folder per class. */
const PHOTOS = 'photos';

/** Photographs of the project one works in. */
export interface Photos {
  readonly folder: string;
  /** What their model is called: as the project is. */
  readonly name: string;
}

/** The project's photographs; undefined where there is no folder for them, or nothing but a text in it. */
export async function photosOf(project: string): Promise<Photos | undefined> {
  const folder = join(project, PHOTOS);
  if (!existsSync(folder)) return undefined;
  const entries = await readdir(folder, { withFileTypes: true });
  // Pictures beside the classes too: training says that they lie in no class, which silence would not.
  const any = entries.some((entry) => !isLitter(entry.name) && (entry.isDirectory() || isPictureFile(entry.name)));
  return any ? { folder: PHOTOS, name: await nameOf(project) } : undefined;
}

async function nameOf(project: string): Promise<string> {
  const text = await readFile(join(project, 'package.json'), 'utf8').catch(() => '{}');
  const { name } = JSON.parse(text) as { name?: unknown };
  try {
    return checkName(String(name ?? PHOTOS));
  } catch {
    // A name of npm's may have a scope, or be too long.
    return PHOTOS;
  }
}

/** The first picture of each class, four at most, absolute: enough to see that it answers. */
export async function oneOfEach(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || isLitter(entry.name)) continue;
    const files = await readdir(join(folder, entry.name), { recursive: true });
    const [first] = files.filter((file) => isDecodedFile(file) && !file.split(sep).some(isLitter)).sort();
    if (first !== undefined) found.push(resolve(folder, entry.name, first));
  }
  return found.slice(0, 4);
}
