import { HASH_BYTES, hashDistance } from '../features/picture-hash.ts';

/** Bits of the hash in which a copy may differ. */
const MOST_BITS = 6;
/** Cosine of the features of two copies: different photographs of one thing lie below. */
const LEAST_COSINE = 0.97;
/** Copies agree in at least one of so many parts of their hashes. */
const PARTS = HASH_BYTES;

/**
 * Finds near-duplicates: pictures whose hashes and features both nearly agree.
 * @returns a number for each row; rows with the same number are copies of each other
 */
export function groupDuplicates(hashes: Uint8Array, features: Float32Array, width: number): Int32Array {
  const count = hashes.length / HASH_BYTES;
  const group = Int32Array.from({ length: count }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (group[at] !== at) at = group[at] as number;
    return at;
  };
  const hashOf = (row: number) => hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES);
  for (let part = 0; part < PARTS; part++) {
    const buckets = new Map<number, number[]>();
    for (let row = 0; row < count; row++) {
      const byte = hashes[row * HASH_BYTES + part] as number;
      // Two neighbouring parts: one byte alone is shared by every 256th picture.
      const key = byte * 256 + (hashes[row * HASH_BYTES + ((part + 1) % PARTS)] as number);
      const others = buckets.get(key) ?? [];
      for (const other of others) {
        if (root(other) === root(row)) continue;
        if (hashDistance(hashOf(other), hashOf(row)) > MOST_BITS) continue;
        if (cosine(features, width, other, row) < LEAST_COSINE) continue;
        group[Math.max(root(other), root(row))] = Math.min(root(other), root(row));
      }
      others.push(row);
      buckets.set(key, others);
    }
  }
  return group.map((_, row) => root(row));
}

function cosine(features: Float32Array, width: number, a: number, b: number): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < width; i++) {
    const [x, y] = [features[a * width + i] as number, features[b * width + i] as number];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA === 0 || squaresB === 0 ? Number(squaresA === squaresB) : product / Math.sqrt(squaresA * squaresB);
}
