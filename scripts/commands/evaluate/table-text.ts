import { leftOutInWords } from '#datasets';
import type { TableEvaluation } from '#evaluate';
import { formatAccuracy, formatAmount } from '#terminal';
import { errorShare, scoresText, share } from './scores-text.ts';
import { warningLines } from './warnings.ts';

const SHOWN = 10;

export function tableText(result: TableEvaluation, warnings: readonly string[]): string {
  const { count, skipped, notes, seconds, rowsPerSecond } = result;
  const model = `${result.model.name}@${result.model.version}`;
  const parts: string[] = [];
  if ('classes' in result) {
    const { accuracy, macroF1 } = result;
    parts.push(
      `${model}: accuracy ${formatAccuracy({ ...result }) ?? '-'} (error ${errorShare(accuracy)}), macro F1 ${share(macroF1)} on ${count} rows`,
      ...warningLines(warnings),
      ...scoresText(result, 'ROWS'),
    );
  } else {
    const { target, meanAbsoluteError, rootMeanSquaredError } = result;
    const [mean, rootMean] = [meanAbsoluteError, rootMeanSquaredError].map((value) => formatAmount(value, target.unit));
    parts.push(
      `${model}: ${target.name}: mean error ${mean}, root mean squared error ${rootMean} on ${count} rows`,
      ...warningLines(warnings),
    );
  }
  parts.push(`${rowsPerSecond.toFixed(0)} rows/s (${seconds.toFixed(1)} s)`);
  const said = [...notes, ...leftOutInWords(skipped, SHOWN, 'all with --json')];
  if (said.length > 0) parts.push(said.join('\n'));
  return parts.join('\n\n');
}
