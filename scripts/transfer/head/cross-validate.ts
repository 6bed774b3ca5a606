import { fitHead, type Head } from './logistic.ts';
import type { Labelled, Objective } from './objective.ts';

/** What heads that have not seen a row answer to it. */
export interface OutOfFold {
  readonly folds: number;
  /** Row-major [rows, labels]. */
  readonly probabilities: Float32Array;
  readonly accuracy: number;
  /** Mean of log(1 / probability of the right label). */
  readonly loss: number;
}

/** Answers every row by a head that was fitted on the other folds. */
export async function crossValidate(
  objective: Objective,
  data: Labelled,
  labels: number,
  foldOf: Int32Array,
  onFold: (done: number, total: number) => void = () => undefined,
): Promise<OutOfFold> {
  const folds = 1 + Math.max(...foldOf);
  const probabilities = new Float32Array(data.count * labels);
  for (let fold = 0; fold < folds; fold++) {
    const used = Uint8Array.from(foldOf, (one) => Number(one !== fold));
    const head = await fitHead(objective, data, labels, used);
    for (let row = 0; row < data.count; row++)
      if (foldOf[row] === fold) probabilities.set(answer(head, data.features, row), row * labels);
    onFold(fold + 1, folds);
  }
  let [right, loss] = [0, 0];
  for (const [row, label] of data.classes.entries()) {
    const own = probabilities.subarray(row * labels, (row + 1) * labels);
    right += Number(largest(own) === label);
    loss -= Math.log(Math.max(own[label] as number, 1e-12));
  }
  return { folds, probabilities, accuracy: right / data.count, loss: loss / data.count };
}

/** softmax(features x weights + bias) of one row, in double precision. */
export function answer({ weights, bias, labels, width }: Head, features: Float32Array, row: number): Float64Array {
  const logits = Float64Array.from(bias);
  for (let i = 0; i < width; i++) {
    const x = features[row * width + i] as number;
    if (x === 0) continue;
    for (let label = 0; label < labels; label++)
      logits[label] = (logits[label] as number) + x * (weights[i * labels + label] as number);
  }
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The first of the largest. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
