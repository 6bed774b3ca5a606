import { areaY, dot, line } from '@observablehq/plot';
import type { LearningPoint } from '#evaluate';
import type { Html } from '../html.ts';
import { draw } from './draw.ts';

/** Accuracy against the number of pictures of each label, with its interval. */
export function learningChart(curve: readonly LearningPoint[]): Html {
  const least = curve.reduce((a, { accuracyLow }) => Math.min(a, accuracyLow), 1);
  // To the tenth below, so that small differences are seen.
  const floor = Math.max(0, Math.floor(least * 10) / 10);
  return draw({
    says: 'Accuracy against the number of pictures of each label. The table below holds the numbers.',
    x: { label: 'pictures of each label', type: 'log', ticks: curve.map(({ count }) => count) },
    y: { label: 'accuracy', domain: [floor, 1], percent: true, ticks: 5 },
    marks: [
      areaY(curve, { x: 'count', y1: 'accuracyLow', y2: 'accuracyHigh', fill: 'var(--ice-soft)' }),
      line(curve, { x: 'count', y: 'accuracy', stroke: 'var(--ice)', strokeWidth: 2.5 }),
      dot(curve, { x: 'count', y: 'accuracy', fill: 'var(--ice)', r: 4.5 }),
    ],
  });
}
