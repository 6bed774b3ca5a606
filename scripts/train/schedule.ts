/**
 * The learning rate of one step: up from a tenth over the first half epoch at most, then down along half a cosine to
 * almost nothing. The end near zero is what makes the last epochs agree.
 * @param step 0 for the first step
 * @param total number of steps in all epochs
 */
export function learningRate(base: number, step: number, total: number, stepsPerEpoch: number): number {
  const warmup = Math.min(stepsPerEpoch / 2, total / 10);
  const rise = step < warmup ? 0.1 + (0.9 * step) / warmup : 1;
  const progress = Math.min(1, step / total);
  const lowest = 0.001;
  return base * rise * (lowest + (1 - lowest) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
