import { stat } from 'node:fs/promises';
import { type Classifier, expected, FreezeframeError, openClassifier } from '@freezeframe/inference';
import { Command } from 'commander';
import {
  type Answer,
  datasetExamples,
  type Evaluation,
  evaluate,
  evaluateTable,
  isKnownDataset,
  labelsOf,
  listExamples,
  takesTables,
} from '#evaluate';
import { writeReport } from '#report';
import { openStore } from '#store';
import { formatAccuracy, type Progress, reportResult, startProgress } from '#terminal';
import { checkReportFile, evaluationReport } from './evaluate/evaluation-report.ts';
import { scoresText, share } from './evaluate/scores-text.ts';
import { tableText } from './evaluate/table-text.ts';
import { warningLines, warningsOf } from './evaluate/warnings.ts';

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('measure a model on labelled pictures or a table')
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .argument(
      '<data>',
      'a folder with one subfolder per class, a CSV with the columns file and label, a table for a model of numbers, or mnist, gnomes, house-prices',
    )
    .option('--target <column>', 'column of a table that holds the right answers')
    .option('--encoding <name>', 'of a table or CSV: windows-1252, ...; UTF-8 if left out')
    .option('--json', 'print one JSON object')
    .option('--report <file>', 'write an HTML page with the mistakes, their pictures and charts')
    .addHelpText(
      'after',
      `
Examples:
  $ freezeframe evaluate gnomes photos/
  $ freezeframe evaluate gnomes@latest labels.csv --json | jq .accuracy
  $ freezeframe evaluate digits mnist                           its 10,000 test pictures
  $ freezeframe evaluate gnomes photos/ --report report.html    what it gets wrong, to look at
  $ freezeframe evaluate prices houses.csv --json | jq .meanAbsoluteError

Files that are no pictures are counted and named; they do not lower the accuracy.
Of a table only the model's features and the answer are read; rows that lack one are counted and named.`,
    )
    .action(run);
}

interface Flags {
  target?: string;
  encoding?: string;
  json?: boolean;
  report?: string;
}

async function run(reference: string, data: string, { json = false, ...flags }: Flags): Promise<void> {
  if (flags.report !== undefined) await checkReportFile(flags.report);
  const { folder } = await openStore().resolve(reference);
  const classifier = await openClassifier(folder);
  try {
    if (await isTableFor(classifier, data)) await evaluateRows(classifier, data, flags, json);
    else await evaluatePictures(classifier, data, flags, json);
  } finally {
    await classifier.close();
  }
}

async function isTableFor(classifier: Classifier, data: string): Promise<boolean> {
  if (!takesTables(classifier) || isKnownDataset(data)) return false;
  return !((await stat(data).catch(() => undefined))?.isDirectory() ?? false);
}

async function evaluateRows(classifier: Classifier, data: string, flags: Flags, json: boolean): Promise<void> {
  if (flags.report !== undefined)
    throw new FreezeframeError('used-wrongly', expected('a model of pictures', '--report', 'a model of numbers'), {
      remedy: 'Leave it out: everything that is measured on a table is printed.',
    });
  let progress: Progress | undefined;
  const onDone = (done: number, all: number) => {
    progress ??= startProgress('Evaluating', all, 'rows');
    progress.update(done);
  };
  const result = await evaluateTable(classifier, data, flags, onDone).finally(() => progress?.stop());
  const warnings = warningsOf(result, 'rows');
  reportResult({ ...result, warnings }, json, () => tableText(result, warnings));
}

async function evaluatePictures(classifier: Classifier, data: string, flags: Flags, json: boolean): Promise<void> {
  if (flags.target !== undefined)
    throw new FreezeframeError('used-wrongly', expected('a model of numbers', '--target', 'a model of pictures'));
  const labels = labelsOf(classifier);
  const examples = isKnownDataset(data) ? await datasetExamples(data, labels) : await listExamples(data, flags);
  const progress = startProgress('Evaluating', examples.length, 'pictures');
  const answers: Answer[] = [];
  const onAnswer = (answer: Answer) => void answers.push(answer);
  const result = await evaluate(classifier, examples, progress.update, onAnswer).finally(() => progress.stop());
  const { report } = flags;
  if (report !== undefined) await writeReport(evaluationReport(result, answers, data, classifier.manifest), report);
  const warnings = warningsOf(result, 'pictures');
  reportResult({ ...result, warnings }, json, () => evaluationText(result, warnings, report));
}

function evaluationText(result: Evaluation, warnings: readonly string[], report: string | undefined): string {
  const { model, unreadable, seconds, picturesPerSecond, milliseconds } = result;
  const top5 = result.top5Accuracy === undefined ? '' : `, among the first five ${share(result.top5Accuracy)}`;
  const parts = [
    `${model.name}@${model.version}: accuracy ${formatAccuracy({ ...result }) ?? '-'}${top5}, macro F1 ${share(result.macroF1)}`,
    ...warningLines(warnings),
    ...scoresText(result, 'PICTURES'),
    ...(result.wrong.length > 0 ? [wrongText(result)] : []),
    `${picturesPerSecond.toFixed(1)} pictures/s (${seconds.toFixed(1)} s; each ${milliseconds.decode.toFixed(2)} ms to decode, ${milliseconds.run.toFixed(2)} ms to run)`,
  ];
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ file, reason }) => `${file}: ${reason}`);
    parts.push(firstLines(`${unreadable.length} files could not be read as pictures:`, lines));
  }
  if (report !== undefined) parts.push(`Mistakes, pictures and charts: ${report}`);
  return parts.join('\n\n');
}

function wrongText({ wrong }: Evaluation): string {
  const lines = wrong.map(
    ({ file, label, called, probability }) => `${file}: is ${label}, called ${called} (${share(probability)})`,
  );
  return firstLines(`${wrong.length} wrong, the surest first:`, lines);
}

/** A heading with ten lines at most, and how many more there are. */
function firstLines(heading: string, lines: readonly string[]): string {
  const more = lines.length > 10 ? [`  and ${lines.length - 10} more (all with --json)`] : [];
  return [heading, ...lines.slice(0, 10).map((line) => `  ${line}`), ...more].join('\n');
}
