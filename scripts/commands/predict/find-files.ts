import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';

/** Pictures of a folder and of folders in it, sorted; anything else is itself, whether it exists or not. */
export async function picturesAt(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const { isPictureFile } = await import('#datasets');
  return filesIn(path, '', isPictureFile);
}

/** Files that fit a pattern as shells have them (`photos/*.jpg`), sorted; none where its folder does not exist. */
export async function filesThatFit(pattern: string): Promise<string[]> {
  const { base, glob } = picomatch.scan(pattern);
  const folder = base || '.';
  const deepest = glob.includes('**') ? undefined : glob.split('/').length;
  return (await isFolder(folder)) ? filesIn(folder, '', picomatch(glob), deepest) : [];
}

/** Left out are hidden files, litter, links to folders, which may lead in circles, and pipes, which may never end. @param inside the part below the folder */
async function filesIn(
  folder: string,
  inside: string,
  fits: (inside: string) => boolean,
  deepest = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const { isLitter } = await import('#datasets');
  const found: string[] = [];
  for await (const entry of await opendir(join(folder, inside))) {
    if (isLitter(entry.name)) continue;
    const path = join(inside, entry.name);
    if (entry.isDirectory()) {
      if (deepest > 1) for (const file of await filesIn(folder, path, fits, deepest - 1)) found.push(file);
    } else if (fits(path) && (entry.isFile() || (entry.isSymbolicLink() && (await mayBeFile(join(folder, path)))))) {
      found.push(join(folder, path));
    }
  }
  return found.sort();
}

/** What leads nowhere is told to the user when it is read. */
async function mayBeFile(link: string): Promise<boolean> {
  return (await stat(link).catch(() => undefined))?.isFile() ?? true;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
