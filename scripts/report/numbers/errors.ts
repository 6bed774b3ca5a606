import type { RowValue } from '#evaluate';

export interface ErrorShare {
  /** Of the answers, so many are off by at most `error`. */
  share: number;
  error: number;
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Quantiles of the absolute errors. @param rows at least one */
export function errorShares(rows: readonly RowValue[]): ErrorShare[] {
  const errors = Float64Array.from(rows, ({ actual, answered }) => Math.abs(answered - actual)).sort();
  return SHARES.map((share) => ({ share, error: errors[Math.ceil(share * errors.length) - 1] as number }));
}
