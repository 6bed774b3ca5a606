import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, makeFolder } from '#system';
import { type ProjectNames, projectFiles } from './files.ts';

export interface Written {
  readonly written: readonly string[];
  /** Was there, and is as it was. */
  readonly kept: readonly string[];
}

/** Writes a project into a folder. Whatever is there already is not touched. */
export async function writeProject(folder: string, names: ProjectNames): Promise<Written> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of projectFiles(names)) {
    const file = join(folder, path);
    await makeFolder(dirname(file));
    ((await writeNew(file, text)) ? written : kept).push(path);
  }
  return { written, kept };
}

/** @returns false where the name is taken, by a link too. */
async function writeNew(file: string, text: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'wx');
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
  } catch (error) {
    // Half a file would be taken for one of the user's the next time, and kept.
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}
