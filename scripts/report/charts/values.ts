import { dot, line } from '@observablehq/plot';
import type { RowValue } from '#evaluate';
import type { Html } from '../html.ts';
import type { ErrorShare } from '../numbers/errors.ts';
import type { ValueReport } from '../report-input.ts';
import { draw } from './draw.ts';

/** Of more rows some, at equal distances: a file of 10,000 points says no more. */
const MOST_POINTS = 600;

/** What a model answers against what is right. */
export function valueChart(all: readonly RowValue[], { name, unit }: ValueReport['target']): Html {
  const step = Math.ceil(all.length / MOST_POINTS);
  const rows = all.filter((_, index) => index % step === 0);
  const both = all.flatMap(({ actual, answered }) => [actual, answered]);
  const domain: [number, number] = [
    both.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    both.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  const label = unit ? `${name} (${unit})` : name;
  return draw({
    says: `What the model answers against what is right, ${name}. The table below holds numbers.`,
    x: { label, domain, ticks: 4, compact: true },
    y: { label: 'answered', domain, ticks: 5, compact: true },
    marks: [
      line(domain, {
        x: (value: number) => value,
        y: (value: number) => value,
        stroke: 'var(--muted)',
        strokeDasharray: '4 4',
      }),
      dot(rows, { x: 'actual', y: 'answered', fill: 'var(--ice)', fillOpacity: 0.6, r: 3 }),
    ],
  });
}

/** Which share of the answers is off by at most how much. */
export function errorChart(shares: readonly ErrorShare[], { unit }: ValueReport['target']): Html {
  const curve = [{ share: 0, error: 0 }, ...shares];
  return draw({
    says: 'The share of answers that are off by at most so much. The table below holds the numbers.',
    x: { label: unit ? `off by at most (${unit})` : 'off by at most', ticks: 4, compact: true },
    y: { label: 'share of answers', domain: [0, 1], percent: true, ticks: 5 },
    marks: [
      line(curve, { x: 'error', y: 'share', stroke: 'var(--ice)', strokeWidth: 2.5 }),
      dot(shares, { x: 'error', y: 'share', fill: 'var(--ice)', r: 4 }),
    ],
  });
}
