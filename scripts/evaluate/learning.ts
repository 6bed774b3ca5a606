import { formatPoints, formatShare } from '#terminal';
import type { Accuracy } from './interval.ts';

/** Accuracy of models that were trained on `count` pictures of each label. */
export interface LearningPoint extends Accuracy {
  readonly count: number;
}

/** Less than half a point for twice the pictures is not worth their taking. */
const WORTH_IT = 0.005;

/** Whether more pictures would help, in one sentence; undefined where there are fewer than two sizes. */
export function learningSentence(curve: readonly LearningPoint[]): string | undefined {
  const [before, last] = [...curve].sort((a, b) => a.count - b.count).slice(-2);
  if (before === undefined || last === undefined || last.count === before.count) return undefined;
  const perDoubling = (last.accuracy - before.accuracy) / Math.log2(last.count / before.count);
  // It cannot gain more than is left to 100 %.
  const gain = Math.min(perDoubling, 1 - last.accuracy);
  const measured = `from ${before.count} to ${last.count} pictures of each label, accuracy went from ${formatShare(before.accuracy)} to ${formatShare(last.accuracy)}`;
  if (gain < WORTH_IT) return `More pictures of the same kind would hardly help: ${measured}.`;
  const expected = `twice as many would give about ${formatPoints(gain)} more`;
  // Where the smaller size's interval holds the larger one's accuracy, the difference may be chance.
  if (before.accuracyHigh >= last.accuracy)
    return `More pictures may help a little: ${expected}, which is within what chance explains (${measured}).`;
  return `More pictures would help: ${expected} (${measured}).`;
}
