import { eachAnswer, largest } from './answers.ts';
import { fitHead, type Head } from './logistic.ts';
import type { Labelled, Objective } from './objective.ts';
import type { Answered } from './temperature.ts';

/** Numbers that are kept of the answers: a temperature does not get better by more of them. */
const MOST_KEPT = 2_000_000;

/** How heads do on rows that they have not seen. */
export interface OutOfFold {
  /** The head that has not seen the rows of each fold. */
  readonly heads: readonly Head[];
  readonly accuracy: number;
  /** 1 for each row that is called what it is. */
  readonly right: Uint8Array;
  /** Answers to rows at even distances: all of them where they are few. */
  readonly answered: Answered;
}

/** Fits a head for each fold on the others, and answers the fold by it. */
export async function crossValidate(
  objective: Objective,
  data: Labelled,
  labels: number,
  foldOf: Int32Array,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<OutOfFold> {
  const folds = foldCount(foldOf);
  const heads: Head[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const used = Uint8Array.from(foldOf, (one) => Number(one !== fold));
    heads.push(await fitHead(objective, data, labels, used, (share) => onProgress(fold + share, folds)));
  }
  const { features, classes } = data;
  const step = Math.max(1, Math.ceil((features.count * labels) / MOST_KEPT));
  const count = Math.ceil(features.count / step);
  const answered = {
    probabilities: new Float32Array(count * labels),
    classes: Int32Array.from({ length: count }, (_, i) => classes[i * step] as number),
    labels,
  };
  const right = new Uint8Array(features.count);
  await eachAnswer(features, [heads], foldOf, (row, probabilities) => {
    right[row] = Number(largest(probabilities) === classes[row]);
    if (row % step === 0) answered.probabilities.set(probabilities, (row / step) * labels);
  });
  return { heads, accuracy: right.reduce((sum, one) => sum + one, 0) / features.count, right, answered };
}

export function foldCount(foldOf: Int32Array): number {
  return foldOf.reduce((most, fold) => Math.max(most, fold + 1), 0);
}
