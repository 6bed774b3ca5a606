import { createHash } from 'node:crypto';
import { SPLITS, type SplitName } from './dataset.ts';

/** Of ten pictures eight train, one validates, one tests. */
const TEST_SHARE = 0.1;
const VALIDATION_SHARE = 0.1;

/**
 * Deals contents out to train, validation and test by their hash alone. Equal contents always get the same split, and
 * a content keeps its split when others come or go. Where chance leaves a split without any, it takes the one content
 * that is nearest to it: only sets of a few dozen are that small.
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
  let edge = 0;
  let index = 0;
  for (const [name, share] of [
    ['test', TEST_SHARE],
    ['validation', VALIDATION_SHARE],
  ] as const) {
    if (!missing.includes(name)) continue;
    edge += share;
    const first = index;
    for (; index < placed.length && (placed[index] as { at: number }).at < edge; index++)
      splits.set((placed[index] as { key: string }).key, name);
    if (index === first && index < placed.length) splits.set((placed[index++] as { key: string }).key, name);
  }
  for (; index < placed.length; index++) splits.set((placed[index] as { key: string }).key, 'train');
  return splits;
}

/** A place in [0, 1) that depends on the content and the seed only. */
function position(key: string, seed: number): number {
  return createHash('sha256').update(`${seed}/${key}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
