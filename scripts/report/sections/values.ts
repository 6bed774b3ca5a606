import type { RowValue } from '#evaluate';
import { formatAmount } from '#terminal';
import { figure } from '../charts/draw.ts';
import { errorChart, valueChart } from '../charts/values.ts';
import { html, named } from '../html.ts';
import { errorShares } from '../numbers/errors.ts';
import type { ValueReport } from '../report-input.ts';
import { count, share } from '../words.ts';
import { type Section, scrolling, table } from './section.ts';

const WORST = 25;

/** How far off its numbers are, and where. */
export function values({ rows, target }: ValueReport): Section[] {
  if (rows.length === 0) return [];
  const shares = errorShares(rows);
  const median = shares.find((one) => one.share >= 0.5)?.error ?? 0;
  const most = shares.find((one) => one.share >= 0.9)?.error ?? 0;
  const worst = [...rows].sort((a, b) => off(b) - off(a)).slice(0, WORST);
  const plain = (value: number) => formatAmount(value, '');
  const amount = (value: number) => formatAmount(value, target.unit);
  return [
    {
      id: 'errors',
      title: 'How far off it is',
      body: html`<p class="lead">Half of its answers are off by at most ${amount(median)}, nine of ten by at most ${amount(most)}.</p>
<div class="charts">${figure(
        valueChart(rows, target),
        'Each point is a row: on the dashed line the answer is right.',
        table(
          'Some rows, from the smallest value to the largest',
          ['Row', '>Is', '>Answered'],
          spread(rows).map(({ file, actual, answered }) => [named(file), amount(actual), amount(answered)]),
        ),
      )}${figure(
        errorChart(shares, target),
        'The share of answers that are off by at most so much.',
        table(
          'Errors of shares of the answers',
          ['Share of answers', '>Off by at most'],
          shares.map((one) => [share(one.share), amount(one.error)]),
        ),
      )}</div>`,
    },
    {
      id: 'mistakes',
      title: 'Largest errors',
      body: scrolling(
        'Rows with the largest errors',
        table(
          `${rows.length > WORST ? `The ${WORST} largest of ${count(rows.length)}` : 'All rows, the largest error first'}${target.unit ? `, in ${target.unit}` : ''}`,
          ['Row', '>Is', '>Answered', '>Off by'],
          worst.map((row) => [named(row.file), plain(row.actual), plain(row.answered), plain(off(row))]),
        ),
      ),
    },
  ];
}

function off({ actual, answered }: RowValue): number {
  return Math.abs(answered - actual);
}

const SOME = 21;

/** Of many rows some, at equal steps of their order. */
function spread(rows: readonly RowValue[]): RowValue[] {
  const sorted = [...rows].sort((a, b) => a.actual - b.actual);
  if (sorted.length <= SOME) return sorted;
  return Array.from(
    { length: SOME },
    (_, step) => sorted[Math.round((step * (sorted.length - 1)) / (SOME - 1))] as RowValue,
  );
}
