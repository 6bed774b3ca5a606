import { reliability } from '#evaluate';
import { formatPoints } from '#terminal';
import { figure } from '../charts/draw.ts';
import { reliabilityChart } from '../charts/reliability.ts';
import { html } from '../html.ts';
import type { ReportPicture } from '../report-input.ts';
import { count, share } from '../words.ts';
import { type Section, table } from './section.ts';

/** Up to this much, a probability can be taken at its word. */
const SMALL = 0.03;
const LARGE = 0.1;
/** Of fewer, the error is mostly chance. */
const ENOUGH = 200;

export function calibration(pictures: readonly ReportPicture[]): Section {
  const measured = reliability(
    pictures.map(({ probability, label, called }) => ({ probability, right: label === called })),
  );
  const error = measured.error ?? 0;
  const direction = pictures.reduce(
    (sum, { probability, label, called }) => sum + probability - Number(label === called),
    0,
  );
  const verdict =
    error <= SMALL
      ? 'Its percentages can be taken at their word.'
      : `It is ${direction > 0 ? 'surer than it should be' : 'less sure than it could be'}${error > LARGE ? ': do not take its percentages at their word' : ''}.`;
  const rows = measured.bins
    .filter((bin) => bin.count > 0)
    .map((bin) => [
      `${share(bin.from)} to ${share(bin.to)}`,
      count(bin.count),
      share(bin.probability),
      share(bin.right / bin.count),
    ]);
  return {
    id: 'calibration',
    title: 'Can its percentages be trusted?',
    body: html`<div class="split"><div class="words"><p class="lead">${verdict}</p><p>On average, how sure it is and how often it is right differ by ${formatPoints(error)} (expected calibration error, 15 bins).</p>${
      pictures.length < ENOUGH ? html`<p class="note">With so few answers this is a rough figure.</p>` : undefined
    }</div>${figure(
      reliabilityChart(measured),
      'Of answers that are 80 % sure, 80 % should be right: on the dashed line. Lines are 95 % intervals; larger points stand for more answers.',
      table('How sure and how often right', ['Probability', '>Answers', '>Mean', '>Right'], rows),
    )}</div>`,
  };
}
