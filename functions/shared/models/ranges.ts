import { open } from 'node:fs/promises';
import { expected, ModelError } from '@freezeframe/inference';

/** Answers the bytes from `first` to `last`, both included. */
export type ReadRange = (first: number, last: number) => Promise<Uint8Array>;

/** One connection of S3 gives some 90 MB/s; several together fill what a function has. */
const PART = 8 * 1024 * 1024;
const PARALLEL = 8;

/**
 * Writes a file from ranges of it, several at once; what they are is for the caller to verify. The disk is not waited for.
 * @throws ModelError `model-damaged` where a range comes short or long, and what reading and writing throw
 */
export async function writeRanges(file: string, bytes: number, read: ReadRange, part = PART): Promise<void> {
  const handle = await open(file, 'w');
  try {
    let next = 0;
    const work = async () => {
      while (next < bytes) {
        const first = next;
        next += part;
        const last = Math.min(next, bytes) - 1;
        const content = await read(first, last);
        if (content.byteLength !== last - first + 1) {
          const received = `${content.byteLength} bytes`;
          throw new ModelError(
            'model-damaged',
            expected(`${last - first + 1} bytes`, `a file from ${first}`, received),
          );
        }
        // A disk that is nearly full takes a part, and says no only to the rest.
        for (let at = 0; at < content.byteLength; ) {
          at += (await handle.write(content, at, content.byteLength - at, first + at)).bytesWritten;
        }
      }
    };
    // All are waited for: none may write into a file that is closed.
    const ended = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  } finally {
    await handle.close();
  }
}
