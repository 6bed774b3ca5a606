import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DECODING, type PictureShape } from '@freezeframe/inference';
import { replaceFile } from '#system';

/** Decoded pictures of one data set and one input shape, in one file, each found by the sha256 of its picture file. */
export interface Pack {
  /** The decoded picture, or undefined if this pack does not hold it. */
  get(digest: string): Uint8Array | undefined;
  readonly size: number;
}

const MAGIC = 'freezeframe pack 1\n';
const EMPTY: Pack = { get: () => undefined, size: 0 };
// One read() of the system moves at most 2 GiB.
const READ_AT_ONCE = 1 << 30;

/** @param folder the data set's absolute folder: every data set has a pack of its own per shape. */
export function packFile(cache: string, folder: string, input: PictureShape): string {
  const { height, width, channels, colour, resize, crop, kernel, invert } = input;
  const key = JSON.stringify([DECODING, folder, height, width, channels, colour, resize, crop, kernel, invert]);
  return join(cache, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.pack`);
}

/** Reads a pack; one that is absent, damaged or of another shape counts as empty, as anything in a cache. */
export async function readPack(file: string, pictureBytes: number): Promise<Pack> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch {
    return EMPTY;
  }
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(MAGIC.length + 4);
    await handle.read(head, 0, head.length, 0);
    if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) return EMPTY;
    const count = head.readUInt32LE(MAGIC.length);
    if (size !== head.length + count * (32 + pictureBytes)) return EMPTY;
    const body = new Uint8Array(size - head.length);
    for (let done = 0; done < body.length; ) {
      const { bytesRead } = await handle.read(
        body,
        done,
        Math.min(READ_AT_ONCE, body.length - done),
        head.length + done,
      );
      if (bytesRead === 0) return EMPTY;
      done += bytesRead;
    }
    const rows = new Map<string, number>();
    for (let row = 0; row < count; row++)
      rows.set(Buffer.from(body.buffer, row * 32, 32).toString('hex'), count * 32 + row * pictureBytes);
    return {
      size: rows.size,
      get(digest) {
        const at = rows.get(digest);
        return at === undefined ? undefined : body.subarray(at, at + pictureBytes);
      },
    };
  } finally {
    await handle.close();
  }
}

export async function writePack(file: string, pictures: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const head = Buffer.alloc(MAGIC.length + 4);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(pictures.size, MAGIC.length);
  const digests = Buffer.concat([...pictures.keys()].map((digest) => Buffer.from(digest, 'hex')));
  await replaceFile(file, [head, digests, ...pictures.values()]);
}
