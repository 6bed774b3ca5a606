import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes that are read at once. */
const PART = 1024 * 1024;

export interface DigestedFile {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a whole file, and digests each part while the next one is read: where a disk is slow, as in a function's first
 * second, the digest costs no time.
 */
export async function readDigested(file: string): Promise<DigestedFile> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // Not from the pool: the engine is given memory of its own.
    const bytes = Buffer.allocUnsafeSlow(size);
    const hash = createHash('sha256');
    const read = (from: number) => handle.read(bytes, from, Math.min(PART, size - from), from);
    let length = 0;
    let part = size > 0 ? read(0) : undefined;
    while (part) {
      const { bytesRead } = await part;
      const [from, to] = [length, length + bytesRead];
      part = bytesRead > 0 && to < size ? read(to) : undefined;
      hash.update(bytes.subarray(from, to));
      length = to;
    }
    return { bytes: bytes.subarray(0, length), sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}
