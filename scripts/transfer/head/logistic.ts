import { minimize } from './minimize.ts';
import type { Labelled, Objective } from './objective.ts';

/** scikit-learn's C: how much a picture counts against the size of the weights. */
const C = 1;
/** scikit-learn's tolerance, of the gradient divided by the rows. */
const TOLERANCE = 1e-4;
const MOST_STEPS = 300;

/** A linear layer: logits = features x weights + bias. */
export interface Head {
  readonly labels: number;
  readonly width: number;
  /** [width, labels], row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Multinomial logistic regression: the least C sum_i w_i log(1 / p_i[y_i]) + |W|^2 / 2, the bias not counted. Rows count by how
 * rare their class is, so that a class with few pictures is not outvoted: w = n / (classes x n of the class).
 * For two classes the penalty is doubled, as softmax then has two weights for scikit-learn's one.
 * @param used rows to learn from; the others are left out
 * @param onProgress the share of the way that is done
 */
export async function fitHead(
  objective: Objective,
  data: Labelled,
  labels: number,
  used: Uint8Array,
  onProgress: (share: number) => void = () => undefined,
): Promise<Head> {
  const rowWeights = balanced(data, labels, used);
  const penalty = labels === 2 ? 2 : 1;
  const { width } = data.features;
  const size = width * labels;
  const parameters = new Float64Array(size + labels);
  const rows = used.reduce((sum, one) => sum + one, 0);
  const at = async (x: Float64Array) => {
    const { loss, gradient } = await objective.evaluate(data, rowWeights, x);
    let squares = 0;
    for (let i = 0; i < gradient.length; i++) {
      const weight = i < size ? (x[i] as number) : 0;
      squares += weight * weight;
      gradient[i] = (C * (gradient[i] as number) + penalty * weight) / rows;
    }
    return { loss: (C * loss + (penalty * squares) / 2) / rows, gradient };
  };
  await minimize(parameters, at, { tolerance: TOLERANCE, most: MOST_STEPS, onProgress });
  onProgress(1);
  const all = Float32Array.from(parameters);
  return { labels, width, weights: all.slice(0, size), bias: all.slice(size) };
}

function balanced({ classes }: Labelled, labels: number, used: Uint8Array): Float32Array {
  const counts = new Float64Array(labels);
  for (let i = 0; i < classes.length; i++)
    if (used[i]) counts[classes[i] as number] = (counts[classes[i] as number] as number) + 1;
  const rows = counts.reduce((sum, one) => sum + one, 0);
  const present = counts.filter((one) => one > 0).length;
  return Float32Array.from(classes, (label, i) => (used[i] ? rows / (present * (counts[label] as number)) : 0));
}
