import type { Features } from '../features/features.ts';
import { bitsOf, HASH_BYTES, hashDistance } from '../features/picture-hash.ts';

/** Bits of the hash in which a copy may differ. */
const MOST_BITS = 6;
/** Cosine of the features of two copies: different photographs of one thing lie below. */
const LEAST_COSINE = 0.97;
/**
 * A messenger's small, strongly compressed copy has other features (0.7 to 0.95), and a hash that is the same to two bits. No
 * two of 460 photographs of cats and dogs, or of 1,600 drawings, are so near, whatever their features say.
 */
const SAME_HASH = { bits: 2, cosine: 0.7 };
/** Bits of a hash that are 1, and that are 0, at the least: the hash of a figure on an even ground has few, and many share them. */
const LEAST_SAID = 20;
/** Copies agree in at least one of so many parts of their hashes. */
const PARTS = HASH_BYTES;
/** Pictures before it that share a part, with which a picture is compared: thousands do where the hash says little. */
const MOST_HASHES = 1_000;
/** Of these, how many may have their features compared. */
const MOST_FEATURES = 32;
/** Pairs whose features are read at once. */
const BATCH = 512;

/**
 * Finds near-duplicates: pictures whose hashes and features both nearly agree.
 * @returns a number for each row; rows with the same number are copies of each other
 */
export async function groupDuplicates(
  hashes: Uint8Array,
  features: Pick<Features, 'count' | 'width' | 'rows'>,
): Promise<Int32Array> {
  const group = Int32Array.from({ length: features.count }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (group[at] !== at) at = group[at] as number;
    return at;
  };
  const pairs = similarHashes(hashes, features.count);
  for (let first = 0; first < pairs.length; first += 2 * BATCH) {
    const some = pairs.slice(first, first + 2 * BATCH);
    const rows = [...new Set(some)].sort((a, b) => a - b);
    const values = await features.rows(rows);
    const at = new Map(rows.map((row, i) => [row, i]));
    for (let i = 0; i < some.length; i += 2) {
      const [other, row] = [some[i] as number, some[i + 1] as number];
      const [one, two] = [root(other), root(row)];
      if (one === two) continue;
      const alike = cosine(values, features.width, at.get(other) as number, at.get(row) as number);
      if (alike < leastCosine(hashes, other, row)) continue;
      group[Math.max(one, two)] = Math.min(one, two);
    }
  }
  return group.map((_, row) => root(row));
}

function leastCosine(hashes: Uint8Array, a: number, b: number): number {
  const isSame = hashDistance(hashes, a, b) <= SAME_HASH.bits && saysMuch(hashes, a) && saysMuch(hashes, b);
  return isSame ? SAME_HASH.cosine : LEAST_COSINE;
}

function saysMuch(hashes: Uint8Array, row: number): boolean {
  const ones = bitsOf(hashes, row);
  return ones >= LEAST_SAID && 8 * HASH_BYTES - ones >= LEAST_SAID;
}

/** Rows two by two, the earlier first, each pair once. */
function similarHashes(hashes: Uint8Array, count: number): number[] {
  const compared = new Uint8Array(count);
  const pairs: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const buckets = new Map<number, number[]>();
    for (let row = 0; row < count; row++) {
      const key = keyOf(hashes, row, part);
      const others = buckets.get(key) ?? [];
      const last = Math.max(0, others.length - MOST_HASHES);
      for (let i = others.length - 1; i >= last && (compared[row] as number) < MOST_FEATURES; i--) {
        const other = others[i] as number;
        if (hashDistance(hashes, other, row) > MOST_BITS || metBefore(hashes, other, row, part)) continue;
        pairs.push(other, row);
        compared[row] = (compared[row] as number) + 1;
      }
      others.push(row);
      buckets.set(key, others);
    }
  }
  return pairs;
}

/** Two neighbouring parts: one byte alone is shared by every 256th picture. */
function keyOf(hashes: Uint8Array, row: number, part: number): number {
  const at = row * HASH_BYTES;
  return (hashes[at + part] as number) * 256 + (hashes[at + ((part + 1) % PARTS)] as number);
}

function metBefore(hashes: Uint8Array, a: number, b: number, part: number): boolean {
  for (let before = 0; before < part; before++) if (keyOf(hashes, a, before) === keyOf(hashes, b, before)) return true;
  return false;
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
