import { answer, largest } from './cross-validate.ts';
import { fitHead } from './logistic.ts';
import type { Labelled, Objective } from './objective.ts';

/** Accuracy on pictures that were not learnt from, by how many of each label were. */
export interface CurvePoint {
  readonly perLabel: number;
  readonly right: number;
  readonly count: number;
}

const SIZES = [2, 5, 10, 20, 50, 100, 200, 500];
/** Numbers to multiply that a curve may cost: a few seconds on two cores. */
const MOST_WORK = 2e11;

/**
 * How accurate heads are that have seen 2, 5, 10, ... pictures of each label, each tested on the fold that it has not seen.
 * Empty where that would take longer than the training.
 */
export async function learningCurve(
  objective: Objective,
  data: Labelled,
  labels: number,
  foldOf: Int32Array,
): Promise<CurvePoint[]> {
  const folds = 1 + Math.max(...foldOf);
  const most = Math.min(...countsOf(data, labels)) * ((folds - 1) / folds);
  const sizes = SIZES.filter((size) => size < most);
  // 60 steps of each fit, forward and backward.
  if (data.count * data.width * labels * 4 * 60 * folds * sizes.length > MOST_WORK) return [];
  const points: CurvePoint[] = [];
  for (const perLabel of sizes) {
    let [right, count] = [0, 0];
    for (let fold = 0; fold < folds; fold++) {
      const head = await fitHead(objective, data, labels, firstOfEach(data, labels, foldOf, fold, perLabel));
      for (let row = 0; row < data.count; row++) {
        if (foldOf[row] !== fold) continue;
        count++;
        right += Number(largest(answer(head, data.features, row)) === data.classes[row]);
      }
    }
    points.push({ perLabel, right, count });
  }
  return points;
}

function firstOfEach({ classes, count }: Labelled, labels: number, foldOf: Int32Array, without: number, most: number) {
  const taken = new Int32Array(labels);
  const used = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const label = classes[row] as number;
    if (foldOf[row] === without || (taken[label] as number) >= most) continue;
    taken[label] = (taken[label] as number) + 1;
    used[row] = 1;
  }
  return used;
}

function countsOf({ classes }: Labelled, labels: number): Int32Array {
  const counts = new Int32Array(labels);
  for (const label of classes) counts[label] = (counts[label] as number) + 1;
  return counts;
}
