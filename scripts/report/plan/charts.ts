import { areaY, dot, line, text } from '@observablehq/plot';
import type { SizePlan } from '#plan';
import { draw } from '../charts/draw.ts';
import type { Html } from '../html.ts';

const QUANTILES = ['p50', 'p95', 'p99'] as const;
const STROKES = { p50: 'var(--muted)', p95: 'var(--ice)', p99: 'var(--bad)' };

const gigabytes = ({ memoryMb }: SizePlan) => memoryMb / 1024;
const MEMORY = { label: 'memory (GB)', type: 'log', ticks: 6, compact: true } as const;

/** Of the height of a chart: words that are nearer lie on each other. */
const LINE = 0.08;

/** How long requests take, against the memory. */
export function timesChart(sizes: readonly SizePlan[]): Html {
  const [first] = sizes;
  const most = Math.max(...sizes.map(({ latencyMs }) => latencyMs.p99));
  let above = Number.POSITIVE_INFINITY;
  const names = QUANTILES.toReversed().map((name) => {
    above = Math.min(first?.latencyMs[name] ?? 0, above - LINE * most);
    return { name, ms: above };
  });
  return draw({
    says: 'Milliseconds within which 50, 95 and 99 of 100 requests are answered, against the memory. The table above holds the numbers.',
    x: MEMORY,
    y: { label: 'milliseconds', domain: [0, most], ticks: 5, compact: true },
    marks: [
      ...QUANTILES.flatMap((name) => {
        const y = ({ latencyMs }: SizePlan) => latencyMs[name];
        return [
          line(sizes, { x: gigabytes, y, stroke: STROKES[name], strokeWidth: 2.5 }),
          dot(sizes, { x: gigabytes, y, fill: STROKES[name], r: 4 }),
        ];
      }),
      ...names.map((one) =>
        text([one], {
          x: () => (first ? gigabytes(first) : 0),
          y: 'ms',
          text: 'name',
          textAnchor: 'start',
          dx: 9,
          fill: STROKES[one.name],
          fontWeight: 'bold',
        }),
      ),
    ],
  });
}

/** What a million answers cost, against the memory, with the size to take marked. */
export function priceChart(sizes: readonly SizePlan[], taken: SizePlan | undefined): Html {
  const y = ({ costPerMillion }: SizePlan) => costPerMillion;
  const marked = taken ? [taken] : [];
  return draw({
    says: 'US dollars for a million answered requests, against the memory. The table above holds the numbers.',
    x: MEMORY,
    y: { label: '$ for a million requests', domain: [0, Math.max(...sizes.map(y))], ticks: 5 },
    marks: [
      line(sizes, { x: gigabytes, y, stroke: 'var(--ice)', strokeWidth: 2.5 }),
      dot(sizes, { x: gigabytes, y, fill: 'var(--ice)', r: 4 }),
      dot(marked, { x: gigabytes, y, fill: 'var(--bad)', stroke: 'var(--card)', strokeWidth: 2, r: 7 }),
      text(marked, { x: gigabytes, y, text: ({ memoryMb }: SizePlan) => `${memoryMb} MB`, dy: 20, fill: 'var(--ink)' }),
    ],
  });
}

/** Slices of the time that was looked at, and what was counted in each. */
export interface Slice {
  /** Its middle. */
  readonly hour: number;
  readonly value: number;
}

/** One value over the time. */
export function timeChart(slices: readonly Slice[], label: string, says: string): Html {
  return draw({
    says,
    x: { label: 'hours', ticks: 6 },
    y: {
      label,
      domain: [0, slices.reduce((most, { value }) => Math.max(most, value), 0) || 1],
      ticks: 5,
      compact: true,
    },
    marks: [
      areaY(slices, { x: 'hour', y: 'value', fill: 'var(--ice-soft)', curve: 'step' }),
      line(slices, { x: 'hour', y: 'value', stroke: 'var(--ice)', strokeWidth: 1.5, curve: 'step' }),
    ],
  });
}
