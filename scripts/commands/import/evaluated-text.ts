import type { Manifest } from '@freezeframe/inference';
import { formatAccuracy, formatAmount, formatError, formatShare } from '#terminal';
import { warningLines } from '../evaluate/warnings.ts';
import { nextSteps } from '../report/next-steps.ts';
import { pageLine } from '../report/report-file.ts';
import type { EvaluatedImport } from './import-evaluated.ts';

/** What was measured, beside one answer to everything and beside a guess; then what to do next. */
export function evaluatedText(report: EvaluatedImport, production: string | null, data: string): string[] {
  const { stored, metrics, constant, warnings, page } = report;
  return [
    ...qualityText(stored.manifest, metrics, constant),
    ...warningLines(warnings),
    pageLine(page),
    ...nextSteps({ stored, production }, data),
  ];
}

function qualityText(
  { input, output }: Manifest,
  metrics: EvaluatedImport['metrics'],
  constant: EvaluatedImport['constant'],
): string[] {
  if (constant === null) return ['  Nothing could be answered, so nothing is known of how good it is.'];
  if ('accuracy' in constant) {
    const labels = output.kind === 'classification' ? new Set(output.labels).size : 1;
    const guess = `guessing among ${labels} labels: ${formatShare(1 / labels)}`;
    return [
      `Accuracy ${formatAccuracy(metrics, input.kind === 'picture' ? 'pictures' : 'rows')}`,
      `  always answering ${constant.answer}: ${formatShare(constant.accuracy)}; ${guess}`,
    ];
  }
  const unit = (output.kind === 'regression' && output.values[0]?.unit) || '';
  return [
    `Mean error ${formatError(metrics, unit)}`,
    `  always answering ${formatAmount(constant.answer, unit)}: ${formatAmount(constant.meanAbsoluteError, unit)}`,
  ];
}
