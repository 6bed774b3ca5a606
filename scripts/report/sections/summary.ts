import { accuracyOf } from '#evaluate';
import { accuracyWords } from '#terminal';
import { type Html, html, named } from '../html.ts';
import type { ReportInput } from '../report-input.ts';
import { counted, count as number, share } from '../words.ts';

/** The verdict: the accuracy with its interval, beside what no model at all would reach. */
export function summary({ pictures, labels, baseline, how, skipped }: ReportInput): Html {
  const total = pictures.length;
  if (total === 0)
    return html`<p class="lead">No picture could be answered, so there is no accuracy. What was left out stands below.</p>`;
  const right = pictures.filter(({ label, called }) => label === called).length;
  const rejected = pictures.filter(({ known }) => known === false).length;
  const quality = { ...accuracyOf(right, total), count: total };
  const { accuracy, accuracyLow, accuracyHigh } = quality;
  const words = accuracyWords(quality);
  // Two classes may share a label.
  const choices = new Set(labels).size;
  const chance = 1 / choices;
  return html`<p class="verdict"><span class="big">${words?.share}</span> <span>right (${words?.basis})</span></p>
<p>${number(right)} of ${counted(total, 'picture')} are right, measured ${how}. With 95 % certainty the accuracy lies within the interval.</p>
<ul class="bars">
${bar('This model', accuracy, 'own', [accuracyLow, accuracyHigh])}
${bar(html`Always answering ${named(baseline.label, 40)}`, baseline.accuracy, 'other')}
${bar(`Guessing among ${counted(choices, 'label')}`, chance, 'other')}
</ul>
${accuracyLow <= Math.max(baseline.accuracy, chance) ? html`<p class="warning">This is not surely better than answering without looking at the picture.</p>` : undefined}
${rejected > 0 ? html`<p class="note">${counted(rejected, 'of these pictures is', 'of these pictures are')} answered with “none of these”; here the most probable label counts.</p>` : undefined}
${skipped.length > 0 ? html`<p class="note">Files that were left out and are not counted: ${number(skipped.length)}.</p>` : undefined}`;
}

function bar(what: Html | string, value: number, kind: 'own' | 'other', interval?: readonly [number, number]): Html {
  const percent = (part: number) => `${(Math.min(1, Math.max(0, part)) * 100).toFixed(2)}%`;
  const whisker = interval
    ? html`<b style="left: ${percent(interval[0])}; width: ${percent(interval[1] - interval[0])}"></b>`
    : undefined;
  return html`<li class="${kind}"><span class="label">${what}</span> <span class="percent">${share(value)}</span><span class="bar" aria-hidden="true"><i style="width: ${percent(value)}"></i>${whisker}</span></li>`;
}
