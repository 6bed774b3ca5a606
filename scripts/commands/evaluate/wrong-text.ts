import type { Evaluation } from '#evaluate';
import { printableLine } from '#terminal';
import { share } from './scores-text.ts';

/** The wrong answers, the surest first. */
export function wrongText(wrong: Evaluation['wrong']): string {
  const lines = wrong.map(
    ({ file, label, called, probability }) => `${file}: is ${label}, called ${called} (${share(probability)})`,
  );
  return firstLines(`${wrong.length} wrong, the surest first:`, lines);
}

/** A heading with ten lines at most, and how many more there are. */
export function firstLines(heading: string, lines: readonly string[]): string {
  const more = lines.length > 10 ? [`  and ${lines.length - 10} more (all with --json)`] : [];
  return [heading, ...lines.slice(0, 10).map((line) => `  ${printableLine(line)}`), ...more].join('\n');
}
