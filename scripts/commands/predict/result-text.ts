import type { Result } from '@freezeframe/inference';
import { formatAmount, formatShare, printableLine } from '#terminal';

const BAR = 24;
const NONE_OF_THESE = '  none of these; the nearest of them:';

/** @param overlay the file that a heat map was drawn to */
export function resultText(title: string, result: Result, overlay?: string): string {
  return [printableLine(title), ...resultLines(result, overlay)].join('\n');
}

export function resultLines(result: Result, overlay?: string): string[] {
  if ('values' in result) return result.values.map(valueText);
  const lines = result.predictions.map(({ label, probability }) => {
    const bar = '█'.repeat(Math.round(probability * BAR)).padEnd(BAR);
    return `  ${formatShare(probability).padStart(7)}  ${bar}  ${printableLine(label)}`;
  });
  if (result.known === false) lines.unshift(NONE_OF_THESE);
  if (result.heatmap) lines.push(`  ${overlay} shows which parts speak for ${result.heatmap.label}`);
  return lines;
}

/** Float32 has seven digits. */
function valueText({ name, value, unit }: { name: string; value: number; unit: string }): string {
  return `  ${name}: ${formatAmount(value, unit, 7)}`;
}
