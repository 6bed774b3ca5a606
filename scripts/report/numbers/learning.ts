import type { LearningPoint } from '../report-input.ts';
import { points, share } from '../words.ts';

/** Less than half a point for twice the pictures is not worth their taking. */
const WORTH_IT = 0.005;

/** Whether more pictures would help, in a sentence or two; undefined where there are fewer than two sizes. */
export function learningSentence(curve: readonly LearningPoint[]): string | undefined {
  const [before, last] = [...curve].sort((a, b) => a.count - b.count).slice(-2);
  if (before === undefined || last === undefined || last.count === before.count) return undefined;
  const perDoubling = (last.accuracy - before.accuracy) / Math.log2(last.count / before.count);
  // It cannot gain more than is left to 100 %.
  const gain = Math.min(perDoubling, 1 - last.accuracy);
  const measured = `From ${before.count} to ${last.count} pictures of each label, accuracy went from ${share(before.accuracy)} to ${share(last.accuracy)}.`;
  if (gain < WORTH_IT) return `${measured} More pictures of the same kind would hardly help.`;
  const expected = `twice as many would give about ${points(gain)} more`;
  // Where the smaller size's interval holds the larger one's accuracy, the difference may be chance.
  if (before.accuracyHigh >= last.accuracy)
    return `${measured} More pictures may help a little: ${expected}, which is within what chance explains.`;
  return `${measured} More pictures would help: ${expected}.`;
}
