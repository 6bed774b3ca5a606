import { leaves } from './markdown.ts';

/** What a ratio may grow by before it is a regression: runs of one version differ by half of that. */
const TOLERANCE = 1.1;

/** A ratio that has grown. */
export interface Regression {
  readonly figure: string;
  readonly before: number;
  readonly now: number;
}

/** Ratios that are worse than they were. Milliseconds are another machine's, or another day's: they are not compared. */
export function regressions(before: unknown, now: unknown): Regression[] {
  const old = new Map(leaves(before));
  return leaves(now).flatMap(([figure, value]) => {
    const earlier = old.get(figure);
    if (!/ratio$/i.test(figure) || typeof value !== 'number' || typeof earlier !== 'number') return [];
    return value > earlier * TOLERANCE ? [{ figure, before: earlier, now: value }] : [];
  });
}
