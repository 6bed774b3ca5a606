import { dot, line, ruleX } from '@observablehq/plot';
import { accuracyOf, type Reliability } from '#evaluate';
import type { Html } from '../html.ts';
import { draw } from './draw.ts';

/** How often answers are right against how sure they are, with the 95 % interval of each point. */
export function reliabilityChart({ bins }: Reliability): Html {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const measured = bins
    .filter(({ count }) => count > 0)
    .map(({ probability, right, count }) => ({ probability, count, ...accuracyOf(right, count) }));
  return draw({
    says: 'How often answers are right against how sure they are. Points on the diagonal keep their promise. The table below holds the numbers.',
    x: { label: 'how sure', domain: [0, 1], percent: true, ticks: 5 },
    y: { label: 'how often right', domain: [0, 1], percent: true, ticks: 5 },
    marks: [
      line([0, 1], {
        x: (value: number) => value,
        y: (value: number) => value,
        stroke: 'var(--muted)',
        strokeDasharray: '4 4',
      }),
      ruleX(measured, {
        x: 'probability',
        y1: 'accuracyLow',
        y2: 'accuracyHigh',
        stroke: 'var(--ice)',
        strokeWidth: 1.5,
      }),
      // Points of many answers are larger. No line joins them: it would show chance as a course.
      dot(measured, {
        x: 'probability',
        y: 'accuracy',
        fill: 'var(--ice)',
        r: (bin: { count: number }) => 3 + 6 * Math.sqrt(bin.count / most),
      }),
    ],
  });
}
