const BINS = 15;

/** The answers whose probability lies in one fifteenth of 0..1. */
interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  right: number;
  /** Mean probability of its answers; 0 where there are none. */
  probability: number;
}

export interface Reliability {
  bins: ReliabilityBin[];
  /**
   * Expected calibration error (Naeini et al., 2015; Guo et al., 2017): the mean difference between how sure the first
   * choices are and how often they are right. 0..1; null without answers.
   */
  error: number | null;
}

/** How often answers are right that are as sure as their neighbours, in 15 bins of equal width. */
export function reliability(answers: Iterable<{ probability: number; right: boolean }>): Reliability {
  const bins = Array.from({ length: BINS }, (_, bin) => ({
    from: bin / BINS,
    to: (bin + 1) / BINS,
    count: 0,
    right: 0,
  }));
  const sums = new Float64Array(BINS);
  let count = 0;
  for (const { probability, right } of answers) {
    const at = Math.max(0, Math.min(BINS - 1, Math.floor(probability * BINS)));
    const bin = bins[at] as (typeof bins)[number];
    bin.count++;
    bin.right += Number(right);
    sums[at] = (sums[at] as number) + probability;
    count++;
  }
  const wrong = bins.reduce((sum, { right }, at) => sum + Math.abs((sums[at] as number) - right), 0);
  return {
    bins: bins.map((bin, at) => ({ ...bin, probability: (sums[at] as number) / Math.max(1, bin.count) })),
    error: count === 0 ? null : wrong / count,
  };
}
