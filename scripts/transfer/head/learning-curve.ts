import { MemoryFeatures } from '../features/features.ts';
import { eachAnswer, largest } from './answers.ts';
import { foldCount } from './cross-validate.ts';
import { fitHead, type Head } from './logistic.ts';
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
/** Steps of a fit, each forward and backward. */
const STEPS = 60;

/**
 * How accurate heads are that have seen 2, 5, 10, ... pictures of each label, each tested on the fold that it has not seen. It
 * ends where more would take longer than the training.
 */
export async function learningCurve(
  objective: Objective,
  data: Labelled,
  labels: number,
  foldOf: Int32Array,
): Promise<CurvePoint[]> {
  const folds = foldCount(foldOf);
  const { features, classes } = data;
  const most = Math.min(...countsOf(data, labels)) * ((folds - 1) / folds);
  const sizes: number[] = [];
  const sets: Head[][] = [];
  let work = 0;
  for (const perLabel of SIZES.filter((size) => size < most)) {
    work += folds * labels * features.width * labels * (4 * STEPS * perLabel) + folds * features.count * labels;
    if (work > MOST_WORK) break;
    const heads: Head[] = [];
    for (let fold = 0; fold < folds; fold++) {
      const rows = firstOfEach(data, labels, foldOf, fold, perLabel);
      const some = {
        features: new MemoryFeatures(await features.rows(rows), features.width),
        classes: rows.map((row) => classes[row] as number),
      };
      heads.push(await fitHead(objective, some, labels, new Uint8Array(rows.length).fill(1)));
    }
    sizes.push(perLabel);
    sets.push(heads);
  }
  if (sets.length === 0) return [];
  const right = new Int32Array(sets.length);
  await eachAnswer(features, sets, foldOf, (row, own, set) => {
    right[set] = (right[set] as number) + Number(largest(own) === classes[row]);
  });
  return sizes.map((perLabel, set) => ({ perLabel, right: right[set] as number, count: features.count }));
}

function firstOfEach({ classes }: Labelled, labels: number, foldOf: Int32Array, without: number, most: number) {
  const taken = new Int32Array(labels);
  const rows: number[] = [];
  for (const [row, label] of classes.entries()) {
    if (foldOf[row] === without || (taken[label] as number) >= most) continue;
    taken[label] = (taken[label] as number) + 1;
    rows.push(row);
  }
  return Int32Array.from(rows);
}

function countsOf({ classes }: Labelled, labels: number): Int32Array {
  const counts = new Int32Array(labels);
  for (const label of classes) counts[label] = (counts[label] as number) + 1;
  return counts;
}
