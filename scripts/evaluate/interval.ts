/** The 97.5 % point of the normal distribution: what lies within it on both sides is 95 %. */
export const Z_95 = 1.959963984540054;

/** A share of right answers with the bounds of its 95 % interval. */
export interface Accuracy {
  readonly accuracy: number;
  readonly accuracyLow: number;
  readonly accuracyHigh: number;
}

/**
 * A share of right answers, and between which bounds it lies with 95 % certainty: the score interval of Wilson (1927),
 * (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n), which holds for few samples and near 0 and 1 too.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 * @param count above 0
 */
export function accuracyOf(right: number, count: number): Accuracy {
  const share = right / count;
  const weight = Z_95 ** 2 / count;
  const centre = (share + weight / 2) / (1 + weight);
  const reach = (Z_95 * Math.sqrt((share * (1 - share)) / count + weight / (4 * count))) / (1 + weight);
  // Rounding would give 1.1e-17 for none right.
  const accuracyLow = right === 0 ? 0 : centre - reach;
  const accuracyHigh = right === count ? 1 : centre + reach;
  return { accuracy: share, accuracyLow, accuracyHigh };
}
