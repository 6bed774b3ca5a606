import { expected, FreezeframeError } from '@freezeframe/inference';
import { score } from '#evaluate';
import { environmentRows } from './environment.ts';
import { choosePictures } from './numbers/choose-pictures.ts';
import { renderPage } from './page.ts';
import type { LabelReport, ReportInput, ValueReport } from './report-input.ts';
import { answers } from './sections/answers.ts';
import { calibration } from './sections/calibration.ts';
import { classes } from './sections/classes.ts';
import { confusion, shownCells } from './sections/confusion.ts';
import { data, skipped } from './sections/data.ts';
import { learning } from './sections/learning.ts';
import { performance } from './sections/performance.ts';
import { provenance } from './sections/provenance.ts';
import type { Section } from './sections/section.ts';
import { labelSummary, valueSummary } from './sections/summary.ts';
import { unknown } from './sections/unknown.ts';
import { values } from './sections/values.ts';
import { makeThumbnails } from './thumbnails.ts';

const TITLES = { train: 'Training report', import: 'Import report', evaluate: 'Evaluation report' } as const;

/** The whole document as text. @throws FreezeframeError as `writeReport`. */
export async function renderReport(input: ReportInput): Promise<string> {
  if ('labels' in input) checkLabelAnswers(input);
  else checkValueAnswers(input);
  const made = { ...input, provenance: [...input.provenance, ...(await environmentRows())] };
  return renderPage({
    title: TITLES[input.kind],
    name: input.model,
    lead: 'How good it is',
    summary: 'labels' in input ? labelSummary(input) : valueSummary(input),
    sections: await sectionsOf(made),
  });
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
