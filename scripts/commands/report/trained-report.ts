import type { Dataset, PictureDataset, TableDataset } from '#datasets';
import { compareNumbers, type Performance, type RowValue, splitPictures } from '#evaluate';
import { rangeOf } from '#frozen';
import { type LabelReport, provenanceRows, type ReportInput, type ReportPicture } from '#report';
import type { TrainReport } from '#train';
import { commandLine } from './command-line.ts';

/** A training from scratch as a report shows it: the frozen model's answers to the test split. */
export function trainedReport(report: TrainReport, dataset: Dataset, performance: Performance): ReportInput {
  const { stored, answers } = report.frozen;
  const common = {
    kind: 'train' as const,
    model: `${stored.name}@${stored.version}`,
    how: `on the test split of ${dataset.name}, which nothing was learnt from`,
    skipped: dataset.skipped,
    performance,
    provenance: [['Command', commandLine()] as const, ...provenanceRows(stored.manifest.provenance)],
  };
  if (dataset.kind === 'table') return { ...common, ...valuesOf(dataset, answers) };
  const { constant } = report.frozen;
  const baseline =
    'accuracy' in constant ? { label: constant.answer, accuracy: constant.accuracy } : { label: '', accuracy: 0 };
  return { ...common, labels: dataset.labels, pictures: picturesOf(dataset, answers), baseline };
}

function picturesOf(dataset: PictureDataset, answers: Float32Array): LabelReport['pictures'] {
  const { labels } = dataset;
  const width = labels.length;
  return splitPictures(dataset, 'test').map(({ read, ...picture }, row): ReportPicture => {
    const probabilities = answers.subarray(row * width, (row + 1) * width);
    const first = probabilities.indexOf(Math.max(...probabilities));
    return {
      ...picture,
      // The file shows more than what is left of it for a small network.
      ...(picture.path === undefined ? { read } : {}),
      called: labels[first] as string,
      probability: probabilities[first] as number,
      own: probabilities[labels.indexOf(picture.label)] as number,
    };
  });
}

function valuesOf({ splits: { test }, target }: TableDataset, answers: Float32Array) {
  const rows = Array.from(test.target, (scaled, row): RowValue => {
    const actual = scaled * rangeOf(target) + target.min;
    return { file: `test row ${row + 1}`, actual, answered: answers[row] as number };
  });
  const constant = compareNumbers(
    rows.map(({ actual }) => actual),
    rows.map(({ actual, answered }) => answered - actual),
  );
  return { target: { name: target.name, unit: target.unit }, rows, constant };
}
