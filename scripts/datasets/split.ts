import { createHash } from 'node:crypto';
import { SPLITS, type SplitName } from './dataset.ts';

/** Of ten pictures eight train, one validates, one tests. */
const TEST_SHARE = 0.1;
const VALIDATION_SHARE = 0.1;

/**
 * Deals contents out to train, validation and test by their hash alone. Equal contents always get the same split, and
 * a content keeps its split when others come or go. Where chance leaves a split without any, it takes the one content
 * that is nearest to it: only in sets of a few dozen does that happen, and only there can a newcomer move another.
 * @param keys one hash (hex) per content; equal keys are one content. @param missing the splits to fill; train always.
 * @returns for each different key its split.
 */
export function dealOut(
  keys: Iterable<string>,
  seed: number,
  missing: readonly SplitName[] = SPLITS,
): Map<string, SplitName> {
  const placed = [...new Set(keys)].map((key) => ({ key, at: position(key, seed) })).sort((a, b) => a.at - b.at);
  const splits = new Map<string, SplitName>();
  const shares = [
    { name: 'test', share: TEST_SHARE },
    { name: 'validation', share: VALIDATION_SHARE },
  ] as const;
  const asked = shares.filter(({ name }) => missing.includes(name));
  let edge = 0;
  for (const [turn, { name, share }] of asked.entries()) {
    edge += share;
    // One content each is kept back for train and for the splits whose turn is still to come.
    const room = placed.length - (asked.length - turn);
    const first = splits.size;
    for (const { key, at } of placed.slice(first, Math.max(first, room))) {
      if (at >= edge && splits.size > first) break;
      splits.set(key, name);
    }
  }
  for (const { key } of placed.slice(splits.size)) splits.set(key, 'train');
  return splits;
}

/** A place in [0, 1) that depends on the content and the seed only. */
function position(key: string, seed: number): number {
  return createHash('sha256').update(`${seed}/${key}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
