import { readFile } from 'node:fs/promises';
import { expected, FreezeframeError } from '@freezeframe/inference';
import { score } from '#evaluate';
import { Html, html, shorten } from './html.ts';
import { choosePictures } from './numbers/choose-pictures.ts';
import type { ReportInput } from './report-input.ts';
import { answers } from './sections/answers.ts';
import { calibration } from './sections/calibration.ts';
import { classes } from './sections/classes.ts';
import { confusion, shownCells } from './sections/confusion.ts';
import { data } from './sections/data.ts';
import { learning } from './sections/learning.ts';
import { performance, provenance } from './sections/origin.ts';
import { type Section, sectionHtml } from './sections/section.ts';
import { summary } from './sections/summary.ts';
import { unknown } from './sections/unknown.ts';
import { makeThumbnails } from './thumbnails.ts';

const TITLES = { train: 'Training report', import: 'Import report', evaluate: 'Evaluation report' } as const;

/** The whole document as text. @throws FreezeframeError as `writeReport`. */
export async function renderReport(input: ReportInput): Promise<string> {
  checkAnswers(input);
  const style = await readFile(new URL('./style.css', import.meta.url), 'utf8');
  return document(input, style, await sectionsOf(input));
}

async function sectionsOf(input: ReportInput): Promise<Section[]> {
  const { pictures, learningCurve, unknown: measure, performance: rows } = input;
  const labels = [...new Set(input.labels)];
  const scores = score(
    labels,
    pictures.map(({ label, called }) => [label, called] as const),
  );
  const chosen = choosePictures(pictures);
  const cells = shownCells(chosen.cells, labels.length);
  const { worst, unsure, suspects, odd, rejected } = chosen;
  const thumbnails = await makeThumbnails([
    ...worst,
    ...suspects,
    ...unsure,
    ...odd,
    ...rejected,
    ...cells.flatMap((cell) => cell.pictures),
  ]);
  const wrong = pictures.filter(({ label, called }) => label !== called).length;
  const answered =
    pictures.length === 0
      ? []
      : [
          confusion(scores, cells, thumbnails),
          answers(chosen, wrong, thumbnails),
          classes(scores),
          calibration(pictures),
        ];
  return [
    ...answered,
    ...(measure ? [unknown(measure)] : []),
    ...(learningCurve && learningCurve.length > 0 ? [learning(learningCurve)] : []),
    data(input, chosen, thumbnails),
    ...(rows && rows.length > 0 ? [performance(rows)] : []),
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
${summary(input)}
<nav aria-label="Parts of this report"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</section>
${sections.map(sectionHtml)}</main>
</body>
</html>
`.text;
}

function checkAnswers({ labels, pictures, model }: ReportInput): void {
  const known = new Set(labels);
  for (const { file, label, called, probability, own } of pictures) {
    const unknownLabel = [label, called].find((name) => !known.has(name));
    if (unknownLabel !== undefined)
      throw new FreezeframeError('labels-unknown', expected(`a label of ${model}`, file, unknownLabel), {
        remedy: 'Measure the pictures again with this model.',
      });
    const wrong = [probability, own].find((value) => !(value >= 0 && value <= 1));
    if (wrong !== undefined)
      throw new FreezeframeError('evaluation-failed', expected('a probability from 0 to 1', file, wrong), {
        remedy: 'Measure the pictures again with this model.',
      });
  }
}
