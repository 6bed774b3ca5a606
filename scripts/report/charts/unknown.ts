import { areaY, dot, line, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import type { Html } from '../html.ts';
import type { OperatingPoint } from '../numbers/unknown-curve.ts';
import type { UnknownMeasure } from '../report-input.ts';
import { share } from '../words.ts';
import { draw } from './draw.ts';

/** False accepts against recall over all thresholds, with the chosen one marked. */
export function unknownChart(curve: readonly OperatingPoint[], { recall, falseAccepts }: UnknownMeasure): Html {
  const chosen = [{ recall, falseAccepts }];
  return draw({
    says: `False accepts against recall. At the threshold, recall is ${share(recall)} and ${share(falseAccepts)} of other pictures are accepted.`,
    x: { label: 'other pictures accepted', domain: [0, 1], percent: true, ticks: 5 },
    y: { label: 'pictures of the labels accepted', domain: [0, 1], percent: true, ticks: 5 },
    marks: [
      areaY(curve, { x: 'falseAccepts', y1: 0, y2: 'recall', fill: 'var(--ice-soft)', curve: 'step-after' }),
      line(curve, { x: 'falseAccepts', y: 'recall', stroke: 'var(--ice)', strokeWidth: 2 }),
      dot(chosen, { x: 'falseAccepts', y: 'recall', fill: 'var(--bad)', stroke: 'var(--card)', strokeWidth: 2, r: 7 }),
      text(chosen, {
        x: 'falseAccepts',
        y: 'recall',
        text: () => 'the threshold',
        textAnchor: falseAccepts > 0.6 ? 'end' : 'start',
        dx: falseAccepts > 0.6 ? -12 : 12,
        dy: 16,
        fill: 'var(--ink)',
      }),
    ],
  });
}

const BARS = 24;

/** A bar of the scores' histogram: shares of the labels' pictures and of others, between two scores. */
export interface ScoreBar {
  from: number;
  to: number;
  own: number;
  others: number;
}

export function scoreBars({ scores, backgroundScores }: UnknownMeasure): ScoreBar[] {
  const all = [...scores, ...backgroundScores];
  const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const largest = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const width = (largest - least) / BARS || 1;
  const bars = Array.from({ length: BARS }, (_, bar) => ({
    from: least + bar * width,
    to: least + (bar + 1) * width,
    own: 0,
    others: 0,
  }));
  const add = (values: readonly number[], whose: 'own' | 'others') => {
    for (const value of values) {
      const bar = bars[Math.min(BARS - 1, Math.floor((value - least) / width))] as ScoreBar;
      bar[whose] += 1 / values.length;
    }
  };
  add(scores, 'own');
  add(backgroundScores, 'others');
  return bars;
}

/** The labels' pictures upwards, the others downwards, and the threshold between them. */
export function scoreChart(bars: readonly ScoreBar[], { threshold }: UnknownMeasure): Html {
  const most = bars.reduce((largest, { own, others }) => Math.max(largest, own, others), 0);
  const middle = [{ x: threshold }];
  return draw({
    says: 'Scores of pictures of the labels, upwards, and of other pictures, downwards, with the threshold between them.',
    x: { label: 'score: how unlike the labels' },
    y: { label: 'share of pictures', domain: [-most * 1.15, most * 1.15], ticks: [] },
    marks: [
      rectY(bars, { x1: 'from', x2: 'to', y1: 0, y2: 'own', fill: 'var(--ice)', inset: 0.5 }),
      rectY(bars, { x1: 'from', x2: 'to', y1: 0, y2: (bar: ScoreBar) => -bar.others, fill: 'var(--bad)', inset: 0.5 }),
      ruleY([0], { stroke: 'var(--muted)' }),
      ruleX(middle, { x: 'x', stroke: 'var(--ink)', strokeWidth: 2, strokeDasharray: '5 4' }),
      text(middle, {
        x: 'x',
        y: () => most * 1.1,
        text: () => 'the threshold',
        textAnchor: 'start',
        dx: 6,
        fill: 'var(--ink)',
      }),
      text(['labels'], { frameAnchor: 'top-left', dx: 4, dy: 4, fill: 'var(--ice)', fontWeight: 'bold' }),
      text(['others'], { frameAnchor: 'bottom-left', dx: 4, dy: -4, fill: 'var(--bad)', fontWeight: 'bold' }),
    ],
  });
}
