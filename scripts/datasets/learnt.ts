/**
 * Which pictures a model has learnt, without their names: the first six bytes of each one's sha256, in base64. Of more than
 * `MOST` only the smallest are kept, which is a fair sample: 16 KB at most.
 */
export interface Learnt {
  /** How many different pictures were learnt. */
  readonly pictures: number;
  readonly sha256: string;
}

/** How many of the pictures asked about were learnt. */
export interface LearntAmong {
  readonly count: number;
  /** The count is reckoned from a sample. */
  readonly estimated: boolean;
}

const MOST = 2048;
/** 48 bits: a million pictures asked about meet one that they are not in one case of 100,000. */
const BYTES = 6;

/** @param digests sha256 (hex) of each picture's bytes, training and the choice of the epoch both */
export function learntOf(digests: Iterable<string>): Learnt {
  const all = [...new Set([...digests].map(prefixOf))].sort();
  return { pictures: all.length, sha256: Buffer.from(all.slice(0, MOST).join(''), 'hex').toString('base64') };
}

/** What a manifest holds of it; undefined for models without. */
export function readLearnt(value: unknown): Learnt | undefined {
  const { pictures, sha256 } = (value ?? {}) as Record<string, unknown>;
  return typeof pictures === 'number' && typeof sha256 === 'string' ? { pictures, sha256 } : undefined;
}

export function learntAmong({ pictures, sha256 }: Learnt, digests: readonly string[]): LearntAmong {
  const bytes = Buffer.from(sha256, 'base64');
  const kept = Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, i) =>
    bytes.toString('hex', i * BYTES, (i + 1) * BYTES),
  );
  const known = new Set(kept);
  const asked = digests.map(prefixOf);
  const found = asked.filter((prefix) => known.has(prefix)).length;
  if (kept.length >= pictures) return { count: found, estimated: false };
  // Only those up to the largest that was kept can be told.
  const last = kept.at(-1) ?? '';
  const told = asked.filter((prefix) => prefix <= last).length;
  return { count: told === 0 ? 0 : Math.round((asked.length * found) / told), estimated: true };
}

function prefixOf(digest: string): string {
  return digest.slice(0, 2 * BYTES);
}
