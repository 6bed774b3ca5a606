import type { Scores } from '#evaluate';
import { formatShare, formatTable } from '#terminal';

/** Beyond this many labels a matrix is wider than a terminal; the worst mistakes are told instead. */
const MATRIX_LABELS = 12;

/** Scores label by label, and what was taken for what. @param counted what there is one of in each example */
export function scoresText(scores: Scores, counted: string): string[] {
  // Of a thousand classes a small set shows some: the others' lines would be empty.
  const shown = scores.classes.filter(({ support, precision }) => support > 0 || precision !== null);
  return [
    formatTable(
      ['LABEL', `>${counted}`, '>PRECISION', '>RECALL', '>F1'],
      shown.map(({ label, support, precision, recall, f1 }) => [
        label,
        String(support),
        share(precision),
        share(recall),
        share(f1),
      ]),
    ),
    scores.classes.length <= MATRIX_LABELS ? matrixText(scores) : mistakesText(scores),
  ];
}

function matrixText({ classes, confusion }: Scores): string {
  const header = ['IS \\ CALLED', ...classes.map(({ label }) => `>${label}`)];
  return formatTable(
    header,
    classes.map(({ label }, row) => [label, ...(confusion[row] ?? []).map(String)]),
  );
}

function mistakesText({ classes, confusion }: Scores): string {
  const mistakes = confusion.flatMap((row, is) =>
    row.flatMap((times, called) => (is !== called && times > 0 ? [{ is, called, times }] : [])),
  );
  if (mistakes.length === 0) return 'No mistakes.';
  const label = (index: number) => classes[index]?.label ?? '';
  const worst = mistakes.sort((a, b) => b.times - a.times).slice(0, 10);
  return formatTable(
    ['IS', 'CALLED', '>TIMES'],
    worst.map(({ is, called, times }) => [label(is), label(called), String(times)]),
  );
}

export function share(value: number | null): string {
  return value === null ? '-' : formatShare(value);
}
