/** Over which share of all steps the rate rises, unless an architecture says otherwise. */
const RISE = 0.1;

/**
 * The learning rate of one step: up from a tenth over the first half epoch at most, then down along half a cosine to
 * almost nothing. The end near zero is what makes the last epochs agree.
 * @param step 0 for the first step
 * @param total number of steps in all epochs
 * @param share of all steps over which it rises, where half an epoch is more
 */
export function learningRate(base: number, step: number, total: number, stepsPerEpoch: number, share = RISE): number {
  const warmup = Math.min(stepsPerEpoch / 2, total * share);
  const rise = step < warmup ? 0.1 + (0.9 * step) / warmup : 1;
  const progress = Math.min(1, step / total);
  const lowest = 0.001;
  return base * rise * (lowest + (1 - lowest) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
