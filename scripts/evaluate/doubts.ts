import { formatAccuracy, formatAmount, formatShare } from '#terminal';
import type { Constant } from './constant.ts';

/** What was measured, in words of the user's data. */
export interface Measured {
  readonly metrics: Record<string, unknown>;
  /** `12 test pictures` */
  readonly samples: string;
  readonly unit?: string;
}

/** Why a model should not be trusted: one sentence where it is not seen to be better than one answer to everything. */
export function doubts(constant: Constant, { metrics, samples, unit = '' }: Measured): string | undefined {
  if (constant.verdict === 'better') return undefined;
  if ('accuracy' in constant && constant.accuracy === 1)
    return `All ${samples} are ${JSON.stringify(constant.answer)}: they cannot say whether it tells classes apart.`;
  const always = `always answering ${
    typeof constant.answer === 'string' ? JSON.stringify(constant.answer) : formatAmount(constant.answer, unit)
  }`;
  const beside =
    'accuracy' in constant
      ? `accuracy ${formatAccuracy({ ...metrics, count: undefined })}, of that answer ${formatShare(constant.accuracy)}`
      : `mean error ${formatAmount(Number(metrics.meanAbsoluteError), unit)}, of that answer ${formatAmount(constant.meanAbsoluteError, unit)}`;
  return constant.verdict === 'unclear'
    ? `${samples} are too few to say whether it is better than ${always}: ${beside}.`
    : `On ${samples} it is not better than ${always}: ${beside}.`;
}
