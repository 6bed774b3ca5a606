import { readFile } from 'node:fs/promises';
import { PictureError } from '@freezeframe/inference';

/** @throws PictureError `object-absent`, `object-denied`, `picture-unreadable`; what the system said is its cause. */
export async function readPicture(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new PictureError('object-absent', `There is no file ${file}`, { cause });
    if (code === 'EACCES') throw new PictureError('object-denied', `The file ${file} may not be read`, { cause });
    throw new PictureError('picture-unreadable', `${file} cannot be read`, { cause });
  }
}
