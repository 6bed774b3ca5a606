import { leftOutInWords } from '#datasets';
import type { TableEvaluation, ValueEvaluation } from '#evaluate';
import { formatAccuracy, formatAmount, formatError } from '#terminal';
import { scoresText, share } from './scores-text.ts';
import { warningLines } from './warnings.ts';
import { firstLines, wrongText } from './wrong-text.ts';

const SHOWN = 10;

export function tableText(result: TableEvaluation, warnings: readonly string[]): string {
  const { skipped, notes, seconds, rowsPerSecond } = result;
  const model = `${result.model.name}@${result.model.version}`;
  const parts: string[] = [];
  if ('classes' in result) {
    parts.push(
      `${model}: accuracy ${formatAccuracy({ ...result }, 'rows') ?? '-'}, macro F1 ${share(result.macroF1)}`,
      ...warningLines(warnings),
      ...scoresText(result, 'ROWS'),
      ...(result.wrong.length > 0 ? [wrongText(result.wrong)] : []),
    );
  } else {
    const { target } = result;
    parts.push(
      `${model}: ${target.name}: mean error ${formatError({ ...result }, target.unit)}`,
      ...warningLines(warnings),
      largestText(result),
    );
  }
  parts.push(`${rowsPerSecond.toFixed(0)} rows/s (${seconds.toFixed(1)} s)`);
  const said = [...notes, ...leftOutInWords(skipped, SHOWN, 'all with --json')];
  if (said.length > 0) parts.push(said.join('\n'));
  return parts.join('\n\n');
}

function largestText({ largestErrors, target: { unit } }: ValueEvaluation): string {
  const amount = (value: number) => formatAmount(value, unit);
  const lines = largestErrors.map(
    ({ file, actual, answered }) => `${file}: is ${amount(actual)}, answered ${amount(answered)}`,
  );
  return firstLines('The largest errors:', lines);
}
