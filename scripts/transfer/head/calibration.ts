const BINS = 15;

/**
 * Expected calibration error (Naeini et al., 2015; Guo et al., 2017) with 15 bins of equal width: the mean difference between how
 * sure the first choices are and how often they are right. 0..1.
 */
export function calibrationError(
  answers: readonly { readonly probability: number; readonly right: boolean }[],
): number {
  const bins = Array.from({ length: BINS }, () => ({ sure: 0, right: 0 }));
  for (const { probability, right } of answers) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))] as (typeof bins)[number];
    bin.sure += probability;
    bin.right += Number(right);
  }
  return bins.reduce((sum, { sure, right }) => sum + Math.abs(sure - right), 0) / Math.max(1, answers.length);
}
