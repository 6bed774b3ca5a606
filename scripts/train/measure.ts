import type { Dataset } from '#datasets';
import { type FreezeOutput, rangeOf } from '#frozen';
import { firstChoice } from '#reference';

/**
 * How good answers to the test split are: `accuracy`, or `meanAbsoluteError` and `rootMeanSquaredError` in the target's
 * own unit.
 * @param answers the frozen graph's, row-major.
 */
export function measure(answers: Float32Array, dataset: Dataset, output: FreezeOutput): Record<string, number> {
  if (dataset.kind === 'pictures') {
    const { count, classes } = dataset.splits.test;
    const columns = answers.length / count;
    const right = classes.reduce((sum, wanted, row) => sum + Number(firstChoice(answers, row, columns) === wanted), 0);
    return { accuracy: right / count, count };
  }
  const { count, target } = dataset.splits.test;
  const scaled = output.kind === 'regression' ? output.values[0] : undefined;
  const errors = Array.from(target, (value, row) => {
    const wanted = scaled ? value * rangeOf(scaled) + scaled.min : value;
    return Math.abs((answers[row] as number) - wanted);
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  return {
    meanAbsoluteError: mean(errors),
    rootMeanSquaredError: Math.sqrt(mean(errors.map((error) => error * error))),
    count,
  };
}
