import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, as `mkdir -p` does; one that is there stays. Node's own `recursive` never ends below a
 * folder that takes none and says that it is absent (`/proc`).
 * @throws as `mkdir` of the first folder that cannot be made
 */
export async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  // Once more where the folder above is there by now: another process may have made it meanwhile.
  for (let attempts = 2; ; attempts--) {
    try {
      await mkdir(folder);
      return;
    } catch (error) {
      if (await isFolder(folder)) return;
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== folder;
      if (!isAbsent || attempts === 1) throw error;
      if (!(await isFolder(parent))) await makeFolder(parent);
    }
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
