import type { LearntAmong } from '#datasets';
import { doubts, type Evaluation, type TableEvaluation } from '#evaluate';

/** What an evaluation should not be trusted for: sentences, none for a model that is seen to be better than one answer. */
export function warningsOf(result: Evaluation | TableEvaluation, counted: 'pictures' | 'rows'): string[] {
  const { constant, count } = result;
  if (constant === null) return [];
  const unit = 'target' in result ? result.target.unit : '';
  const doubt = doubts(constant, { metrics: { ...result }, samples: `${count.toLocaleString('en')} ${counted}`, unit });
  return doubt ? [doubt] : [];
}

/** @param asked how many were asked about */
export function trainedOnWarning(
  reference: string,
  { count, estimated }: LearntAmong,
  asked: number,
  counted: 'pictures' | 'rows',
): string {
  const number = (value: number) => value.toLocaleString('en');
  const these = count < asked ? `${estimated ? 'about ' : ''}${number(count)} of these ${number(asked)}` : 'these';
  return `The model was trained on ${these} ${counted}: how it does on others is what training said, see: freezeframe models show ${reference}`;
}

export function warningLines(warnings: readonly string[]): string[] {
  return warnings.map((warning) => `WARNING: ${warning}`);
}
