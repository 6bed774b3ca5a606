import { figure } from '../charts/draw.ts';
import { scoreBars, scoreChart, unknownChart } from '../charts/unknown.ts';
import { html } from '../html.ts';
import { areaUnder, thinned, unknownCurve } from '../numbers/unknown-curve.ts';
import type { UnknownMeasure } from '../report-input.ts';
import { counted, share } from '../words.ts';
import { absent, type Section, table } from './section.ts';

/** Recalls whose false accepts the table tells. */
const RECALLS = [0.8, 0.9, 0.95, 0.98, 0.99, 1];

const HEAD = { id: 'unknown', title: 'None of these' };

export function unknown(measure: UnknownMeasure | undefined): Section {
  if (measure === undefined)
    return absent(HEAD, 'This model always answers one of its labels, also to what shows none of them.');
  const { recall, falseAccepts, scores, backgroundScores } = measure;
  const measured = scores.length > 0 && backgroundScores.length > 0;
  return {
    ...HEAD,
    body: html`<p class="lead">${share(recall)} of pictures of the labels are answered; ${share(falseAccepts)} of other pictures are answered too, though they should not be.</p>${
      measured ? charts(measure) : html`<p>That was measured when the model was trained.</p>`
    }`,
  };
}

function charts(measure: UnknownMeasure) {
  const { scores, backgroundScores } = measure;
  const curve = unknownCurve(scores, backgroundScores);
  const bars = scoreBars(measure);
  const rows = RECALLS.map((wanted) => {
    const point = curve.find(({ recall }) => recall >= wanted - 1e-12);
    return [share(wanted), share(point?.falseAccepts ?? 1)];
  });
  return html`<p>Measured with ${counted(scores.length, 'picture')} of the labels and ${counted(backgroundScores.length, 'other picture')}. The area under the curve (AUROC) is ${areaUnder(curve).toFixed(3)}; 1 would be perfect, 0.5 a guess.</p>
<div class="charts">${figure(
    unknownChart(thinned(curve), measure),
    'Every threshold is a point: the further up and left, the better.',
    table('False accepts at a recall', ['Recall', '>Other pictures accepted'], rows),
  )}${figure(
    scoreChart(bars, measure),
    'Scores of pictures of the labels above the line, of others below it. What is right of the threshold is answered with “none of these”.',
    table(
      'Shares of pictures by score',
      ['Score', '>Of the labels', '>Others'],
      bars.map(({ from, to, own, others }) => [
        `${from.toPrecision(3)} to ${to.toPrecision(3)}`,
        share(own),
        share(others),
      ]),
    ),
  )}</div>`;
}
