import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, makeFolder, namesIn } from '#system';
import { HASH_BYTES } from './picture-hash.ts';

// <cache>/features/<backbone's digest>/<random>.rows: each run appends to a file of its own, so that no two processes write to
// one. A row is the picture's sha256, its hash, and its features as float32. A kill leaves at most half a row, at the end.

const DIGEST_BYTES = 32;
const HEAD_BYTES = DIGEST_BYTES + HASH_BYTES;
/** Rows in one read. */
const READ_ROWS = 1_024;

export interface CachedRow {
  readonly hash: Uint8Array;
  readonly features: Float32Array;
}

/** What a backbone has answered before, by the sha256 of the picture's file. */
export class FeatureCache {
  readonly #folder: string;
  readonly #width: number;
  #out: FileHandle | undefined;

  /** @param folder of this backbone alone. @param width features of a picture */
  constructor(folder: string, width: number) {
    this.#folder = folder;
    this.#width = width;
  }

  /** Calls `found` for each of the wanted pictures that is there. Rows that are damaged are not there. */
  async read(wanted: ReadonlySet<string>, found: (digest: string, row: CachedRow) => void): Promise<void> {
    const size = this.#rowBytes();
    const block = Buffer.alloc(size * READ_ROWS);
    for (const name of (await namesIn(this.#folder)).filter((one) => one.endsWith('.rows'))) {
      const file = await open(join(this.#folder, name), 'r').catch((error) => {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      });
      if (!file) continue;
      try {
        for (;;) {
          const { bytesRead } = await file.read(block, 0, block.length);
          for (let at = 0; at + size <= bytesRead; at += size) {
            const digest = block.toString('hex', at, at + DIGEST_BYTES);
            if (!wanted.has(digest)) continue;
            // A copy: the next read goes over these bytes.
            const features = new Float32Array(Uint8Array.from(block.subarray(at + HEAD_BYTES, at + size)).buffer);
            const hash = Uint8Array.from(block.subarray(at + DIGEST_BYTES, at + HEAD_BYTES));
            if (features.every(Number.isFinite)) found(digest, { hash, features });
          }
          if (bytesRead < block.length) break;
        }
      } finally {
        await file.close();
      }
    }
  }

  async append(digest: string, { hash, features }: CachedRow): Promise<void> {
    if (!this.#out) {
      await makeFolder(this.#folder);
      this.#out = await open(join(this.#folder, `${randomUUID()}.rows`), 'ax');
    }
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    await this.#out.writeFile(Buffer.concat([Buffer.from(digest, 'hex'), hash, bytes]));
  }

  async close(): Promise<void> {
    await this.#out?.close();
    this.#out = undefined;
  }

  #rowBytes(): number {
    return HEAD_BYTES + this.#width * Float32Array.BYTES_PER_ELEMENT;
  }
}
