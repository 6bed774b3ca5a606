import { leaves } from './markdown.ts';

/** What a ratio may grow by before it is a regression: runs of one version differ by half of that. */
const TOLERANCE = 1.1;

/** A ratio that two runs have measured. */
export interface Compared {
  readonly figure: string;
  readonly before: number;
  readonly now: number;
}

/** Ratios that both have. Milliseconds are another machine's, or another day's: they are not compared. */
export function comparable(before: unknown, now: unknown): Compared[] {
  const old = new Map(leaves(before));
  return leaves(now).flatMap(([figure, value]) => {
    const earlier = old.get(figure);
    if (!/ratio$/i.test(figure) || typeof value !== 'number' || typeof earlier !== 'number') return [];
    return [{ figure, before: earlier, now: value }];
  });
}

export function isWorse({ before, now }: Compared): boolean {
  // Written so that NaN is worse.
  return !(now <= before * TOLERANCE);
}
