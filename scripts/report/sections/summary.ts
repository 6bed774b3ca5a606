import { accuracyOf, doubts, errorScores } from '#evaluate';
import { accuracyWords, formatAmount } from '#terminal';
import { type Html, html, named } from '../html.ts';
import type { LabelReport, ValueReport } from '../report-input.ts';
import { counted, count as number, share } from '../words.ts';

/** The verdict: the accuracy with its interval, beside what no model at all would reach. */
export function labelSummary({
  pictures,
  counted: what = 'pictures',
  labels,
  baseline,
  how,
  skipped,
  warnings = [],
}: LabelReport): Html {
  const total = pictures.length;
  const one = what.slice(0, -1);
  if (total === 0)
    return html`<p class="lead">No ${one} could be answered, so there is no accuracy. What was left out stands below.</p>`;
  const right = pictures.filter(({ label, called }) => label === called).length;
  const rejected = pictures.filter(({ known }) => known === false).length;
  const quality = { ...accuracyOf(right, total), count: total };
  const { accuracy, accuracyLow, accuracyHigh } = quality;
  const words = accuracyWords(quality, what);
  // Two classes may share a label.
  const choices = new Set(labels).size;
  const chance = 1 / choices;
  return html`<p class="verdict"><span class="big">${words?.share}</span> <span>right (${words?.basis})</span></p>
<p>${number(right)} of ${counted(total, one)} are right, measured ${how}. With 95 % certainty the accuracy lies within the interval.</p>
<ul class="bars">
${bar('This model', accuracy, share(accuracy), 'own', [accuracyLow, accuracyHigh])}
${bar(html`Always answering ${named(baseline.label, 40)}`, baseline.accuracy, share(baseline.accuracy), 'other')}
${bar(`Guessing among ${counted(choices, 'label')}`, chance, share(chance), 'other')}
</ul>
${warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
${accuracyLow <= Math.max(baseline.accuracy, chance) ? html`<p class="warning">This is not surely better than answering without looking at the ${one}.</p>` : undefined}
${rejected > 0 ? html`<p class="note">${counted(rejected, `of these ${what} is`, `of these ${what} are`)} answered with “none of these”; here the most probable label counts.</p>` : undefined}
${leftOut(skipped.length)}`;
}

/** The mean error, beside that of one number for everything. */
export function valueSummary({ rows, target: { name, unit }, constant, how, skipped }: ValueReport): Html {
  if (rows.length === 0)
    return html`<p class="lead">No row could be answered, so there is no error. What was left out stands below.</p>`;
  const metrics = errorScores(rows.map(({ actual, answered }) => answered - actual));
  const { meanAbsoluteError: error, rootMeanSquaredError } = metrics;
  const most = Math.max(error, constant.meanAbsoluteError) || 1;
  const doubt = doubts(constant, { metrics: { ...metrics }, samples: counted(rows.length, 'row'), unit });
  return html`<p class="verdict"><span class="big">${formatAmount(error, unit)}</span> <span>mean error of ${named(name, 40)} (${counted(rows.length, 'row')})</span></p>
<p>Measured ${how}. The root mean squared error, in which large errors count more, is ${formatAmount(rootMeanSquaredError, unit)}.</p>
<ul class="bars">
${bar('This model', error / most, formatAmount(error, unit), 'own')}
${bar(`Always answering ${formatAmount(constant.answer, unit)}`, constant.meanAbsoluteError / most, formatAmount(constant.meanAbsoluteError, unit), 'other')}
</ul>
<p class="note">Shorter bars are better.</p>
${doubt ? html`<p class="warning">${doubt}</p>` : undefined}
${leftOut(skipped.length)}`;
}

function leftOut(files: number): Html | undefined {
  return files > 0 ? html`<p class="note">What was left out is not counted: ${number(files)}.</p>` : undefined;
}

function bar(
  what: Html | string,
  value: number,
  says: string,
  kind: 'own' | 'other',
  interval?: readonly [number, number],
): Html {
  const percent = (part: number) => `${(Math.min(1, Math.max(0, part)) * 100).toFixed(2)}%`;
  const whisker = interval
    ? html`<b style="left: ${percent(interval[0])}; width: ${percent(interval[1] - interval[0])}"></b>`
    : undefined;
  return html`<li class="${kind}"><span class="label">${what}</span> <span class="percent">${says}</span><span class="bar" aria-hidden="true"><i style="width: ${percent(value)}"></i>${whisker}</span></li>`;
}
