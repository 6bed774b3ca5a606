import type { Dataset } from '#datasets';
import { firstChoice, rangeOf } from '#frozen';
import { type Constant, type ConstantClass, compareClasses, compareNumbers } from './constant.ts';
import { accuracyOf } from './interval.ts';

/** How well one class was found; null where there is nothing to divide by. */
interface ClassScore {
  label: string;
  /** Pictures that are of this class. */
  support: number;
  /** Of the pictures that were called this, the share that are. */
  precision: number | null;
  /** Of the pictures that are this, the share that were called so. */
  recall: number | null;
  /** The harmonic mean of the two; 0 where nothing was found right, null where the class never appears. */
  f1: number | null;
}

export interface Scores {
  count: number;
  accuracy: number | null;
  /** Bounds of the accuracy's 95 % interval. */
  accuracyLow: number | null;
  accuracyHigh: number | null;
  /** The commonest class as the answer to everything; null where there is no picture. */
  constant: ConstantClass | null;
  /** The classes' mean F1, each class counting the same, over the classes that have pictures. */
  macroF1: number | null;
  classes: ClassScore[];
  /** Row: what it is. Column: what it was called. Both in the order of `classes`. */
  confusion: number[][];
}

/** Counts pairs of what a picture is and what it was called. Both must be among the labels. */
export function score(labels: readonly string[], pairs: Iterable<readonly [actual: string, called: string]>): Scores {
  const index = new Map(labels.map((label, position) => [label, position]));
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [actual, called] of pairs) {
    const row = confusion[index.get(actual) ?? -1];
    const column = index.get(called);
    if (row === undefined || column === undefined) throw new RangeError(`No such label: ${actual} or ${called}`);
    row[column] = (row[column] ?? 0) + 1;
  }
  const cell = (row: number, column: number) => confusion[row]?.[column] ?? 0;
  const classes = labels.map((label, i): ClassScore => {
    const right = cell(i, i);
    const support = sum(labels.map((_, j) => cell(i, j)));
    const called = sum(labels.map((_, j) => cell(j, i)));
    return {
      label,
      support,
      precision: ratio(right, called),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + called),
    };
  });
  const count = sum(classes.map(({ support }) => support));
  const present = classes.filter(({ support }) => support > 0);
  const right = sum(labels.map((_, i) => cell(i, i)));
  const supports = classes.map(({ support }) => support);
  return {
    count,
    ...(count > 0 ? accuracyOf(right, count) : { accuracy: null, accuracyLow: null, accuracyHigh: null }),
    constant: count > 0 ? compareClasses(labels, supports, right) : null,
    macroF1: ratio(sum(present.map(({ f1 }) => f1 ?? 0)), present.length),
    classes,
    confusion,
  };
}

/** How good a model's answers to the test split are, and beside what. */
export interface TestScore {
  /**
   * `accuracy` with its interval, or `meanAbsoluteError` and `rootMeanSquaredError` in the target's own unit; and of how
   * many samples.
   */
  readonly metrics: Record<string, number>;
  readonly constant: Constant;
}

/** @param answers row-major; of a table in the target's own unit */
export function scoreAnswers(answers: Float32Array, dataset: Dataset): TestScore {
  const { count } = dataset.splits.test;
  if (dataset.kind === 'pictures') {
    const { classes } = dataset.splits.test;
    const columns = answers.length / count;
    const supports = dataset.labels.map(() => 0);
    let right = 0;
    for (const [row, wanted] of classes.entries()) {
      supports[wanted] = (supports[wanted] ?? 0) + 1;
      right += Number(firstChoice(answers, row, columns) === wanted);
    }
    const constant = compareClasses(dataset.labels, supports, right);
    return { metrics: { ...accuracyOf(right, count), count }, constant };
  }
  const range = rangeOf(dataset.target);
  const actual = Array.from(dataset.splits.test.target, (value) => value * range + dataset.target.min);
  const errors = actual.map((value, row) => (answers[row] as number) - value);
  return { metrics: { ...errorScores(errors) }, constant: compareNumbers(actual, errors) };
}

export interface ErrorScores {
  meanAbsoluteError: number;
  rootMeanSquaredError: number;
  count: number;
}

/** @param errors one difference for each row, in the value's unit */
export function errorScores(errors: readonly number[]): ErrorScores {
  return {
    meanAbsoluteError: sum(errors.map(Math.abs)) / errors.length,
    rootMeanSquaredError: Math.sqrt(sum(errors.map((error) => error * error)) / errors.length),
    count: errors.length,
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
