import { readFile } from 'node:fs/promises';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { score } from '#evaluate';
import { environmentRows } from './environment.ts';
import { Html, html, shorten } from './html.ts';
import { choosePictures } from './numbers/choose-pictures.ts';
import type { LabelReport, ReportInput, ValueReport } from './report-input.ts';
import { answers } from './sections/answers.ts';
import { calibration } from './sections/calibration.ts';
import { classes } from './sections/classes.ts';
import { confusion, shownCells } from './sections/confusion.ts';
import { data, skipped } from './sections/data.ts';
import { learning } from './sections/learning.ts';
import { performance } from './sections/performance.ts';
import { provenance } from './sections/provenance.ts';
import { type Section, sectionHtml } from './sections/section.ts';
import { labelSummary, valueSummary } from './sections/summary.ts';
import { unknown } from './sections/unknown.ts';
import { values } from './sections/values.ts';
import { makeThumbnails } from './thumbnails.ts';

/** The colours are those of the service's own page. */
const STYLES = [
  new URL('../../functions/http/page/style/palette.css', import.meta.url),
  new URL('./style.css', import.meta.url),
];

const TITLES = { train: 'Training report', import: 'Import report', evaluate: 'Evaluation report' } as const;

/** The whole document as text. @throws FreezeframeError as `writeReport`. */
export async function renderReport(input: ReportInput): Promise<string> {
  if ('labels' in input) checkLabelAnswers(input);
  else checkValueAnswers(input);
  const style = (await Promise.all(STYLES.map((file) => readFile(file, 'utf8')))).join('\n');
  const made = { ...input, provenance: [...input.provenance, ...(await environmentRows())] };
  return document(input, style, await sectionsOf(made));
}

function sectionsOf(input: ReportInput): Section[] | Promise<Section[]> {
  if ('labels' in input) return labelSections(input);
  const table = { id: 'data', title: 'The table itself', body: skipped(input) };
  return [...values(input), table, performance(input), provenance(input)];
}

async function labelSections(input: LabelReport): Promise<Section[]> {
  const { pictures, counted = 'pictures', learningCurve, unknown: measure } = input;
  const labels = [...new Set(input.labels)];
  const scores = score(
    labels,
    pictures.map(({ label, called }) => [label, called] as const),
  );
  const chosen = choosePictures(pictures);
  const cells = shownCells(chosen.cells, labels.length);
  const { worst, unsure, suspects, odd, rejected } = chosen;
  const shown = [worst, suspects, unsure, odd, rejected, ...cells.map((cell) => cell.pictures)].flat();
  const thumbnails = await makeThumbnails(counted === 'rows' ? [] : shown);
  const wrong = pictures.filter(({ label, called }) => label !== called).length;
  const answered = [
    confusion(scores, cells, thumbnails),
    answers(chosen, wrong, thumbnails),
    classes(scores),
    calibration(pictures),
  ];
  return [
    ...(pictures.length === 0 ? [] : answered),
    ...(counted === 'rows' ? [] : [unknown(measure), learning(learningCurve)]),
    data(input, chosen, thumbnails),
    performance(input),
    provenance(input),
  ];
}

/** Only pictures and styles of its own: whatever a name holds, nothing runs and nothing is asked for. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function document(input: ReportInput, style: string, sections: readonly Section[]): string {
  const title = TITLES[input.kind];
  const model = shorten(input.model);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${model}: ${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="film"><div class="holes" aria-hidden="true"></div><div class="edge"><p class="maker">Freezeframe</p><h1><bdi>${model}</bdi></h1><p class="kind">${title}</p></div><div class="holes" aria-hidden="true"></div></header>
<main id="main">
<section class="card" aria-labelledby="summary-title"><h2 id="summary-title">How good it is</h2>
${'labels' in input ? labelSummary(input) : valueSummary(input)}
<nav aria-label="Parts of this report"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</section>
${sections.map(sectionHtml)}</main>
</body>
</html>
`.text;
}

function checkValueAnswers(input: ValueReport): void {
  const wrong = input.rows.find(({ actual, answered }) => !Number.isFinite(actual - answered));
  if (wrong) throw unusable('numbers', wrong.file, wrong.answered);
}

function checkLabelAnswers({ labels, pictures, model }: LabelReport): void {
  const known = new Set(labels);
  for (const { file, label, called, probability, own } of pictures) {
    const unknownLabel = [label, called].find((name) => !known.has(name));
    if (unknownLabel !== undefined)
      throw new FreezeframeError('labels-unknown', expected(`a label of ${model}`, file, unknownLabel), {
        remedy: 'Measure the pictures again with this model.',
      });
    const wrong = [probability, own].find((value) => !(value >= 0 && value <= 1));
    if (wrong !== undefined) throw unusable('a probability from 0 to 1', file, wrong);
  }
}

function unusable(wanted: string, file: string, received: number): FreezeframeError {
  return new FreezeframeError('evaluation-failed', expected(wanted, file, received), {
    remedy: 'Measure it again with this model.',
  });
}
