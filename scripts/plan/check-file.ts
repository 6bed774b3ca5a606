import { stat } from 'node:fs/promises';
import { expected, FreezeframeError } from '@freezeframe/inference';

/** @throws FreezeframeError `not-found` where there is no file at this path; what else the file system throws */
export async function checkFile(path: string, option: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  });
  if (found?.isFile()) return;
  throw new FreezeframeError('not-found', expected('a file', option, path), {
    remedy: 'Look at the path: it is taken from the folder in which the command runs.',
  });
}
