import type { PictureShape } from '@freezeframe/inference';

const COLUMNS = 9;
const ROWS = 8;

/** Bytes of a hash. */
export const HASH_BYTES = 8;

/**
 * A difference hash of 64 bits (dHash, N. Krawetz, 2013): whether each of 9 x 8 mean greys is darker than the one to its right.
 * Copies that were resized, compressed or brightened differ in a few bits.
 * @param pixels decoded, height x width x channels
 */
export function pictureHash(pixels: Uint8Array, { height, width, channels }: PictureShape): Uint8Array {
  const greys = new Float64Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [top, bottom] = span(row, ROWS, height);
    for (let column = 0; column < COLUMNS; column++) {
      const [left, right] = span(column, COLUMNS, width);
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let i = (y * width + left) * channels; i < (y * width + right) * channels; i++) sum += pixels[i] as number;
      greys[row * COLUMNS + column] = sum / ((bottom - top) * (right - left));
    }
  }
  const hash = new Uint8Array(HASH_BYTES);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS - 1; column++) {
      const at = row * COLUMNS + column;
      if ((greys[at] as number) < (greys[at + 1] as number)) hash[row] = (hash[row] as number) | (1 << column);
    }
  }
  return hash;
}

function span(index: number, parts: number, size: number): [number, number] {
  const from = Math.floor((index * size) / parts);
  return [from, Math.max(from + 1, Math.floor(((index + 1) * size) / parts))];
}

/** How many bits of each byte are 1. */
const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let left = byte; left > 0; left &= left - 1) bits++;
  return bits;
});

/** Bits in which the hashes of two rows differ. */
export function hashDistance(hashes: Uint8Array, a: number, b: number): number {
  let bits = 0;
  for (let i = 0; i < HASH_BYTES; i++)
    bits += BITS[(hashes[a * HASH_BYTES + i] as number) ^ (hashes[b * HASH_BYTES + i] as number)] as number;
  return bits;
}

/** How many bits of a row's hash are 1. */
export function bitsOf(hashes: Uint8Array, row: number): number {
  let bits = 0;
  for (let i = row * HASH_BYTES; i < (row + 1) * HASH_BYTES; i++) bits += BITS[hashes[i] as number] as number;
  return bits;
}

/** The hashes of some rows. */
export function hashesAt(hashes: Uint8Array, rows: ArrayLike<number>): Uint8Array {
  const own = new Uint8Array(rows.length * HASH_BYTES);
  for (let i = 0; i < rows.length; i++) {
    const at = (rows[i] as number) * HASH_BYTES;
    own.set(hashes.subarray(at, at + HASH_BYTES), i * HASH_BYTES);
  }
  return own;
}
