import { Command } from 'commander';
import type { Evaluation } from '#evaluate';
import { writeReport } from '#report';
import { openStore } from '#store';
import { countOf, formatAccuracy, reportResult } from '#terminal';
import { scoresText, share } from './evaluate/scores-text.ts';
import { tableText } from './evaluate/table-text.ts';
import { trainedOnWarning, warningLines, warningsOf } from './evaluate/warnings.ts';
import { firstLines, wrongText } from './evaluate/wrong-text.ts';
import { takesStore } from './models/store-option.ts';
import { evaluateData } from './report/evaluate-data.ts';
import { asStored, performanceOf } from './report/performance.ts';
import { checkReportFile, pageLine } from './report/report-file.ts';

export function evaluateCommand(): Command {
  return takesStore(new Command('evaluate'))
    .description('measure a model on labelled pictures or a table')
    .argument('<model>', 'NAME (its production version), NAME@3, NAME@latest or NAME@TAG')
    .argument(
      '<data>',
      'a folder with one subfolder per class (of train, validation and test the last), a CSV with the columns file and label, a table for a model of numbers, or mnist, gnomes, house-prices',
    )
    .option('--target <column>', 'column of a table that holds the right answers')
    .option('--encoding <name>', 'of a table or CSV: windows-1252, ...; UTF-8 if left out')
    .option('--json', 'print one JSON object')
    .option('--report <file>', 'write an HTML page with the mistakes, charts, size, speed and memory')
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
  const { report } = flags;
  if (report !== undefined) await checkReportFile(report);
  const model = await openStore().resolve(reference);
  const evaluated = await evaluateData(model, data, flags);
  const warnings = warningsOf(evaluated.result, evaluated.kind);
  const trainedOn = await evaluated.trainedOn();
  const learnt =
    trainedOn && trainedOn.count > 0
      ? [trainedOnWarning(reference, trainedOn, evaluated.result.count, evaluated.kind)]
      : [];
  warnings.unshift(...learnt);
  if (report !== undefined) {
    const performance = await performanceOf(model, asStored(model), evaluated.samples);
    await writeReport({ ...(await evaluated.report('evaluate')), performance, warnings: learnt }, report);
  }
  reportResult({ ...evaluated.result, ...(trainedOn ? { trainedOn } : {}), warnings }, json, () => {
    const said =
      evaluated.kind === 'rows' ? tableText(evaluated.result, warnings) : evaluationText(evaluated.result, warnings);
    return report === undefined ? said : `${said}\n\n${pageLine(report)}`;
  });
}

function evaluationText(result: Evaluation, warnings: readonly string[]): string {
  const { model, unreadable, seconds, picturesPerSecond, milliseconds } = result;
  const top5 = result.top5Accuracy === undefined ? '' : `, among the first five ${share(result.top5Accuracy)}`;
  const split = result.split ? `, on the folder ${result.split}` : '';
  const parts = [
    `${model.name}@${model.version}: accuracy ${formatAccuracy({ ...result }) ?? '-'}${split}${top5}, macro F1 ${share(result.macroF1)}`,
    ...warningLines(warnings),
    ...scoresText(result, 'PICTURES'),
    ...rejectedText(result),
    ...(result.wrong.length > 0 ? [wrongText(result.wrong)] : []),
    `${picturesPerSecond.toFixed(1)} pictures/s (${seconds.toFixed(1)} s; each ${milliseconds.decode.toFixed(2)} ms to decode, ${milliseconds.run.toFixed(2)} ms to run)`,
  ];
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ file, reason }) => `${file}: ${reason}`);
    parts.push(firstLines(`${countOf(unreadable.length, 'files')} could not be read as pictures:`, lines));
  }
  return parts.join('\n\n');
}

function rejectedText({ noneOfThese, count }: Evaluation): string[] {
  if (noneOfThese === undefined) return [];
  const of = `${noneOfThese.toLocaleString('en')} of ${countOf(count, 'pictures')}`;
  return [`answered with "none of these": ${of}; the scores above count the most probable label`];
}
