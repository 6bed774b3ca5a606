import { createHash } from 'node:crypto';

/**
 * Which pictures or rows a model has learnt, without their names: the first six bytes of each one's sha256, in base64. Of more
 * than `MOST` only the smallest are kept, which is a fair sample: 16 KB at most.
 */
export interface Learnt {
  /** How many different ones were learnt. */
  readonly count: number;
  readonly sha256: string;
}

/** How many of those asked about were learnt. */
export interface LearntAmong {
  readonly count: number;
  /** The count is reckoned from a sample. */
  readonly estimated: boolean;
}

const MOST = 2048;
/** 48 bits: a million asked about meet one that they are not in one case of 100,000. */
const BYTES = 6;

/** @param digests sha256 (hex) of each picture's bytes or of each row, training and the choice of the epoch both */
export function learntOf(digests: Iterable<string>): Learnt {
  const all = [...new Set([...digests].map(prefixOf))].sort();
  return { count: all.length, sha256: Buffer.from(all.slice(0, MOST).join(''), 'hex').toString('base64') };
}

/** What a manifest holds of it; undefined for models without. */
export function readLearnt(value: unknown): Learnt | undefined {
  const { count, sha256 } = (value ?? {}) as Record<string, unknown>;
  return typeof count === 'number' && typeof sha256 === 'string' ? { count, sha256 } : undefined;
}

export function learntAmong({ count, sha256 }: Learnt, digests: readonly string[]): LearntAmong {
  const bytes = Buffer.from(sha256, 'base64');
  const kept = Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, i) =>
    bytes.toString('hex', i * BYTES, (i + 1) * BYTES),
  );
  const known = new Set(kept);
  const asked = digests.map(prefixOf);
  const found = asked.filter((prefix) => known.has(prefix)).length;
  if (kept.length >= count) return { count: found, estimated: false };
  // Only those up to the largest that was kept can be told.
  const last = kept.at(-1) ?? '';
  const told = asked.filter((prefix) => prefix <= last).length;
  return { count: told === 0 ? 0 : Math.round((asked.length * found) / told), estimated: true };
}

/** sha256 (hex) of a row: its features in the model's order, and the answer. */
export function rowDigest(features: Iterable<number>, answer: number): string {
  return createHash('sha256')
    .update(Float64Array.of(...features, answer))
    .digest('hex');
}

function prefixOf(digest: string): string {
  return digest.slice(0, 2 * BYTES);
}
