import { readFile, stat } from 'node:fs/promises';
import { checkEncodedSize, PictureError } from '@freezeframe/inference';

/**
 * Reads a picture; of one that is larger than any that is decoded, not a byte.
 * @throws PictureError `picture-too-large`, and what `readNamed` throws
 */
export async function readPicture(file: string): Promise<Uint8Array> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) checkEncodedSize(found.size);
  return readNamed(file);
}

/** @throws PictureError `object-absent`, `object-denied`, `picture-unreadable`; what the system said is its cause. */
export async function readNamed(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw absent(file, cause);
    if (code === 'EACCES') throw new PictureError('object-denied', `The file ${file} may not be read`, { cause });
    throw new PictureError('picture-unreadable', `${file} cannot be read (${code ?? (cause as Error).message})`, {
      cause,
    });
  }
}

/** Node decodes names as UTF-8, and what is not valid there becomes U+FFFD: such a file cannot be opened by its name. */
function absent(file: string, cause: unknown): PictureError {
  const remedy = file.includes('\uFFFD') ? { remedy: 'Its name may hold bytes that are not UTF-8: rename it.' } : {};
  return new PictureError('object-absent', `There is no file ${file}`, { cause, ...remedy });
}
