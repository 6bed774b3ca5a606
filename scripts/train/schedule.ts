/** How the rate falls: `straight` is better where one epoch is all there is, half a cosine where there are ten. */
export type Schedule = 'cosine' | 'straight';

/** Lowest share of the highest rate. The end near zero is what makes the last steps agree. */
const LOWEST = 0.001;

/**
 * The learning rate of one step: up from a tenth of the highest, then down to almost nothing. With half a cosine it rises
 * over the first half epoch at most.
 * @param step 0 for the first step
 * @param total number of steps in all epochs
 */
export function learningRate(
  highest: number,
  step: number,
  total: number,
  stepsPerEpoch: number,
  schedule: Schedule = 'cosine',
): number {
  if (schedule === 'straight') return highest * straight(step / total);
  const progress = Math.min(1, step / total);
  const fall = LOWEST + (1 - LOWEST) * 0.5 * (1 + Math.cos(Math.PI * progress));
  return highest * rise(step, Math.min(stepsPerEpoch / 2, total / 10)) * fall;
}

/** Up over a fifth of all steps, then in a line. */
function straight(progress: number): number {
  const top = 0.2;
  return progress < top ? rise(progress, top) : Math.max(LOWEST, (1 - progress) / (1 - top));
}

/** Up from a tenth, to one where `step` is `end`. */
function rise(step: number, end: number): number {
  return step < end ? 0.1 + (0.9 * step) / end : 1;
}
