import { readFile, stat } from 'node:fs/promises';
import { PictureError } from '@freezeframe/inference';

/** Larger files are no photographs; they are listed, not read. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** Pipes, sockets and devices: reading one may never end. */
export const NO_FILE = 'neither a file nor a folder';

/** @throws PictureError `picture-too-large`, `picture-unreadable`, and what the file system says */
export async function readPicture(path: string): Promise<Uint8Array> {
  const found = await stat(path);
  if (!found.isFile()) throw new PictureError('picture-unreadable', NO_FILE);
  if (found.size > MAX_FILE_BYTES)
    throw new PictureError('picture-too-large', `larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`);
  return readFile(path);
}

/** Whatever is wrong with one file is said and passed over; only a failure that is no property of the file escapes. */
export function reasonOf(error: unknown): string {
  if (error instanceof PictureError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return `cannot be read (${code})`;
  throw error;
}
