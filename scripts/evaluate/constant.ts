import { median } from '#system';
import { accuracyOf, Z_95 } from './interval.ts';

/** What always giving one answer scores on the same samples, and whether the model does better. */
export type Constant = ConstantClass | ConstantNumber;

interface Judged {
  /** `unclear`: the samples are too few to tell. */
  readonly verdict: 'better' | 'unclear' | 'not-better';
}

export interface ConstantClass extends Judged {
  /** The commonest class. */
  readonly answer: string;
  readonly accuracy: number;
}

export interface ConstantNumber extends Judged {
  /** The median, which has the smallest mean absolute error of all numbers. */
  readonly answer: number;
  readonly meanAbsoluteError: number;
  /** Of the mean, which has the smallest of all. */
  readonly rootMeanSquaredError: number;
}

/**
 * Compares with always answering the commonest class. A model is better where that accuracy lies below its 95 % interval.
 * Being above it is `unclear` where not even answers that are all right would show more.
 * @param supports how many samples are of each class. @param right how many were answered right
 */
export function compareClasses(labels: readonly string[], supports: readonly number[], right: number): ConstantClass {
  const count = supports.reduce((sum, support) => sum + support, 0);
  const most = Math.max(...supports);
  const constant = { answer: labels[supports.indexOf(most)] as string, accuracy: most / count };
  const { accuracy, accuracyLow } = accuracyOf(right, count);
  if (accuracyLow > constant.accuracy) return { ...constant, verdict: 'better' };
  const couldTell = accuracyOf(count, count).accuracyLow > constant.accuracy;
  // Nothing is better than always answering the only class that there is.
  const unclear = !couldTell && (accuracy > constant.accuracy || most === count);
  return { ...constant, verdict: unclear ? 'unclear' : 'not-better' };
}

/** With fewer samples a difference that is not seen for certain may still be one. */
const ENOUGH_NUMBERS = 30;

/**
 * Compares with always answering the median (absolute errors) or the mean (squared errors), sample by sample. A model is
 * better where the mean difference of either is above 0 with its 95 % interval.
 * @param errors what was answered minus what is right
 */
export function compareNumbers(actual: readonly number[], errors: readonly number[]): ConstantNumber {
  const middle = median(actual);
  const average = mean(actual);
  const absolute = actual.map((value) => Math.abs(value - middle));
  const squared = actual.map((value) => (value - average) ** 2);
  const verdicts = [
    judge(
      absolute,
      errors.map((error) => Math.abs(error)),
    ),
    judge(
      squared,
      errors.map((error) => error ** 2),
    ),
  ];
  const verdict = (['better', 'unclear', 'not-better'] as const).find((each) => verdicts.includes(each));
  return {
    answer: middle,
    meanAbsoluteError: mean(absolute),
    rootMeanSquaredError: Math.sqrt(mean(squared)),
    verdict: verdict ?? 'not-better',
  };
}

/** Less is what rounding makes of a model that answers the constant itself. */
const NOTICEABLE = 0.01;

/** @param constant errors of the constant answer. @param model errors of the model, of the same samples */
function judge(constant: readonly number[], model: readonly number[]): Judged['verdict'] {
  const gains = constant.map((error, i) => error - (model[i] as number));
  const gain = mean(gains);
  const variance = gains.reduce((sum, each) => sum + (each - gain) ** 2, 0) / (gains.length - 1);
  if (gain - studentT(gains.length - 1) * Math.sqrt(variance / gains.length) > 0) return 'better';
  return gains.length < ENOUGH_NUMBERS && gain > NOTICEABLE * mean(constant) ? 'unclear' : 'not-better';
}

/** Whether the model's own figures are above the constant answer's at all, certain or not. */
export function isAhead(constant: Constant, metrics: Readonly<Record<string, number>>): boolean {
  if ('accuracy' in constant) return (metrics.accuracy ?? 0) > constant.accuracy;
  const limit = 1 - NOTICEABLE;
  return (
    (metrics.meanAbsoluteError ?? Number.NaN) < limit * constant.meanAbsoluteError ||
    (metrics.rootMeanSquaredError ?? Number.NaN) < limit * constant.rootMeanSquaredError
  );
}

/**
 * The 97.5 % point of Student's t, by its expansion in the degrees of freedom: 0.1 % off for 10 of them.
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
 */
function studentT(freedom: number): number {
  const z = Z_95;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / freedom + second / freedom ** 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
