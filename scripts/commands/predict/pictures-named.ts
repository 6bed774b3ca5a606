import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the user named, or what was found in a folder of it. */
export interface Named {
  readonly file: string;
  /** A folder without a picture in it. */
  readonly empty?: true;
}

/** The files that are named, one after the other; of a folder its pictures, those of folders in it too, by name. */
export async function* picturesNamed(files: readonly string[]): AsyncGenerator<Named> {
  for (const file of files) {
    const isFolder = file !== '-' && (await stat(file).catch(() => undefined))?.isDirectory();
    if (!isFolder) {
      yield { file };
      continue;
    }
    const found = await picturesIn(file);
    if (found.length === 0) yield { file, empty: true };
    for (const picture of found) yield { file: picture };
  }
}

/** Hidden files are no pictures, and links to folders may lead in circles. */
async function picturesIn(folder: string): Promise<string[]> {
  const { isPictureFile } = await import('#datasets');
  const found: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await picturesIn(path)));
    else if (isPictureFile(entry.name)) found.push(path);
  }
  return found.sort();
}
