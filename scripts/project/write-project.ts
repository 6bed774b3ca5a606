import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '#system';
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
    // Fails where the name is taken, by a link too.
    const made = await writeFile(file, text, { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    (made ? written : kept).push(path);
  }
  return { written, kept };
}
