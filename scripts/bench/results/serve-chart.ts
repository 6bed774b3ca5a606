import { axisX, barX, plot, ruleX, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { ServeFigures } from '../serve/run.ts';

const SIZE = { width: 760, marginLeft: 190, marginRight: 70 } as const;
const BAR_HEIGHT = 24;

/** Median milliseconds of each subject, a part for each picture, as a picture of its own (SVG). */
export function serveChart(figures: ServeFigures): string {
  const bars = Object.entries(figures).flatMap(([subject, { warm = {} }]) =>
    Object.entries(warm).map(([picture, { medianMs, ratio }]) => ({ subject, picture, ms: medianMs, ratio })),
  );
  const pictures = [...new Set(bars.map(({ picture }) => picture))];
  const subjects = [...new Set(bars.map(({ subject }) => subject))];
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    document: document as never,
    ...SIZE,
    height: BAR_HEIGHT * bars.length + 60 * pictures.length,
    style: { fontSize: '12px', background: '#fff', color: '#222' },
    x: { type: 'log', label: 'milliseconds for an answer, median' },
    y: { domain: subjects, label: null },
    fy: { domain: pictures, label: null, padding: 0.25 },
    marks: [
      barX(bars, {
        ...{ x1: Math.min(...bars.map(({ ms }) => ms)) / 2, x2: 'ms', y: 'subject', fy: 'picture' },
        fill: ({ subject }) => (subject.startsWith('freezeframe') ? '#1f6feb' : '#9aa7b4'),
      }),
      text(bars, {
        ...{ x: 'ms', y: 'subject', fy: 'picture', textAnchor: 'start', dx: 5 },
        text: ({ ms, ratio }) => `${ms.toFixed(0)} ms${ratio === undefined ? '' : ` · ${ratio.toFixed(2)}x`}`,
      }),
      ruleX([Math.min(...bars.map(({ ms }) => ms)) / 2]),
      axisX({ anchor: 'bottom' }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'Median milliseconds of each subject for each picture');
  return svg.outerHTML;
}
